import type { Duplex } from 'node:stream'
import { expect } from 'vitest'
import type { SessionId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { authorizeStream, isRefused } from '../authorize-stream.ts'
import { endSession } from '../end-session.ts'
import { extendSession } from '../extend-session.ts'
import type { Session } from '../session.ts'
import { files, hmi, sessionsWorld, type SessionsWorld } from './sessions-world.ts'

/** What was seen of one session by the clock that nobody can set, milliseconds. */
interface Seen {
  approvedAtMs: number | null
  /** How long the operator has granted, all in all. */
  grantedS: number
  ended: boolean
}

/** Types of events, one letter each, decisions left out: the legal order of a session (design.md, section 6). */
const letters: Readonly<Record<string, string>> = {
  'session.requested': 'R',
  'notice.shown': 'N',
  'approval.given': 'A',
  'session.opened': 'O',
  'session.extended': 'E',
  'request.refused': 'F',
  'session.ended': 'X',
}
const legal = /^RN?(F?X|A(AE|[RFO])*X?)?$/

/** Drives one machine, its technician, operator, tunnel, clock and store at random, and says what must hold at any rest. */
export class RandomLife implements AsyncDisposable {
  readonly world: SessionsWorld
  readonly #seen = new Map<SessionId, Seen>()
  readonly #streams: { readonly id: SessionId; readonly stream: Duplex }[] = []
  /** The wall clock was set back by so much: after a restart only it is there to count. */
  #setBackS = 0

  private constructor(world: SessionsWorld) {
    this.world = world
    this.#listen()
  }

  static async begin(): Promise<RandomLife> {
    return new RandomLife(await sessionsWorld())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world[Symbol.asyncDispose]()
  }

  get #newest(): SessionId | undefined {
    return this.world.room.list()[0]?.session.id
  }

  async ask(amount: number): Promise<void> {
    await this.world.ask({ services: amount % 2 === 0 ? [hmi] : [hmi, files], durationS: 60 + (amount % 300) })
  }

  async press(amount: number): Promise<void> {
    const { machine } = this.world
    if (machine.shown === null) return
    const { exp, services } = machine.claims()
    await machine.press({ services: amount % 3 === 0 ? services.slice(0, 1) : services, exp: amount % 5 === 0 ? exp - 30 : exp })
  }

  async stream(amount: number): Promise<void> {
    const id = this.#newest
    if (id === undefined) return
    const granted = await authorizeStream(this.world.room, id, amount % 2 === 0 ? hmi : files)
    if (isRefused(granted)) return
    this.#checkTime(id)
    const stream = await granted.openStream()
    this.#streams.push({ id, stream })
  }

  async extend(amount: number): Promise<void> {
    if (this.#newest !== undefined) await extendSession(this.world.room, this.#newest, 60 + (amount % 200))
  }

  async pass(amount: number): Promise<void> {
    this.world.clock.advance((amount % 7 === 0 ? 90 : amount % 25) * 1000 + amount)
  }

  async refuse(amount: number): Promise<void> {
    const how = (['refused', 'timeout', 'not_now', 'not_today'] as const)[amount % 4] ?? 'refused'
    if (this.world.machine.shown !== null) this.world.machine.refuse(how)
  }

  async endAtMachine(): Promise<void> {
    if (this.world.machine.live !== null) this.world.machine.end()
  }

  async endByTechnician(): Promise<void> {
    if (this.#newest !== undefined) await endSession(this.world.room, this.#newest, { reason: 'ended_by_technician', by: 'Tom' })
  }

  async lose(): Promise<void> {
    this.world.link?.lose()
  }

  async connect(): Promise<void> {
    this.world.connect()
  }

  async restartMachine(amount: number): Promise<void> {
    this.world.link?.lose()
    this.world.machine.restart()
    if (amount % 2 === 0) this.world.connect()
  }

  async restartGateway(amount: number): Promise<void> {
    await this.world.settle()
    await this.world.stop()
    this.world.clock.advance((amount % 100) * 1000)
    this.world.database.busy = false
    // An ending that was told and not stored yet is forgotten with the process.
    this.world.machine.ended.length = 0
    await this.world.start()
    this.#listen()
    if (amount % 3 !== 0) this.world.connect()
  }

  async jump(amount: number): Promise<void> {
    const jumpS = amount % 10 === 0 ? 400 : ([1, -1, 30, -30][amount % 4] ?? 0)
    this.world.clock.jumpWallClock(jumpS * 1000)
    this.world.machine.clockOffsetS -= jumpS
    if (jumpS < 0) this.#setBackS -= jumpS
  }

  async person(amount: number): Promise<void> {
    const { person } = await this.world.asker()
    const status = amount % 4 === 0 ? 'disabled' : 'active'
    await this.world.storage.people.update(wholeInstallation, { ...person, status, version: person.version + 1 }, [])
    this.world.peopleChanges.tell(person.id, 'status')
  }

  async device(amount: number): Promise<void> {
    const device = await this.world.device()
    const changed = { ...device, switches: { hmi: amount % 4 !== 0 }, version: device.version + 1 }
    await this.world.storage.devices.update(wholeInstallation, changed, [])
    this.world.deviceChanges.tell(device.id)
  }

  async switch(amount: number): Promise<void> {
    this.world.machine.switch('files', amount % 2 === 0)
  }

  async store(amount: number): Promise<void> {
    this.world.database.busy = amount % 3 === 0
  }

  /** What was decided anew is logged at once, or in a while, or cannot be. */
  async decisionLog(amount: number): Promise<void> {
    const { decisions, clock } = this.world
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    promise.catch(() => undefined)
    decisions.log = promise
    const happen = (): void => (amount % 4 === 0 ? reject(new Error('the log is out of order')) : resolve())
    if (amount % 3 === 0) clock.after(amount * 10, happen)
    else happen()
  }

  async policy(amount: number): Promise<void> {
    const { decisions, policy } = this.world
    await decisions.activate({ ...policy, revision: `sha256:${`${amount}`.padStart(64, '0')}` })
  }

  /** As after a crash between an event and its acknowledgement. */
  async repeatEvents(): Promise<void> {
    await this.world.storage.devices.recordContact(this.world.machine.id, { lastEvent: 0 }, [])
    this.world.connect()
  }

  /** All time passes: every session must have come to its end. */
  async finish(): Promise<void> {
    this.world.database.busy = false
    this.world.decisions.log = Promise.resolve()
    const { sessions } = this.world.storage
    for (let passedS = 0; passedS < 4_000 && (await sessions.listLive()).length > 0; passedS += 20) await this.world.pass(20)
    await this.world.settle()
    await this.check()
    expect(await sessions.listLive()).toEqual([])
  }

  async reasons(): Promise<readonly string[]> {
    return (await this.#sessions()).map(({ endReason }) => endReason ?? 'none')
  }

  async check(): Promise<void> {
    const { world } = this
    for (const session of await this.#sessions()) await this.#checkRecord(session)
    const live = world.room.list()
    expect(live.length).toBeLessThanOrEqual(1)
    expect((await world.storage.sessions.listLive()).map(({ id }) => id)).toEqual(live.map(({ session }) => session.id))
    for (const { session } of live) expect(await world.stored(session.id)).toEqual(session)
    for (const { id, stream } of this.#streams) {
      if (stream.destroyed) continue
      expect(world.room.get(id)?.ending).toBe(false)
      expect(world.links.get(world.machine.id)).toBe(world.link)
      this.#checkTime(id)
    }
    // A gap has a beginning as long as it lasts, and no longer.
    for (const { session, ending } of live) {
      if (!ending) expect(session.tunnelLostAt === null).toBe(world.links.get(world.machine.id) !== undefined)
    }
    // What neither side has reason to keep is kept by none.
    const held = world.machine.live?.id ?? world.machine.shown?.session
    const connected = world.links.get(world.machine.id) !== undefined
    if (connected && held !== undefined) expect(live.map(({ session }) => session.id)).toEqual([held])
  }

  async #sessions(): Promise<readonly Session[]> {
    const page = { limit: 200, after: null }
    return (await this.world.storage.sessions.list(wholeInstallation, { device: this.world.machine.id }, page)).items
  }

  async #checkRecord(session: Session): Promise<void> {
    const order = (await this.world.recorded(session.id)).map((type) => letters[type] ?? '').join('')
    expect(order).toMatch(legal)
    expect(order.split('O').length).toBeLessThanOrEqual(2)
    expect(order.endsWith('X')).toBe(session.state === 'ended')
    expect(session.endReason === null).toBe(session.state !== 'ended')
    expect(order.includes('A')).toBe(session.approval !== null)
    expect(session.expiresAt).toBe(session.approval?.expiresAt ?? null)
    // Both parties read one reason; `error` is said where the gateway had no other.
    const told = this.world.machine.ended.filter(({ id }) => id === session.id).map(({ reason }) => reason)
    if (session.endReason !== null) expect([session.endReason, 'error']).toEqual(expect.arrayContaining(told))
  }

  /** Within what the operator granted, by the clock that nobody can set. */
  #checkTime(id: SessionId): void {
    const { approvedAtMs, grantedS, ended } = this.#seen.get(id) ?? { approvedAtMs: null, grantedS: 0, ended: false }
    expect(ended).toBe(false)
    expect(approvedAtMs).not.toBeNull()
    const sinceMs = this.world.clock.monotonicMs() - (approvedAtMs ?? 0)
    expect(sinceMs).toBeLessThanOrEqual((grantedS + this.#setBackS + 1) * 1000)
  }

  #listen(): void {
    this.world.room.onChange((session, previous) => {
      const seen = this.#seen.get(session.id) ?? { approvedAtMs: null, grantedS: 0, ended: false }
      this.#seen.set(session.id, seen)
      expect(seen.ended).toBe(false)
      seen.ended = session.state === 'ended'
      if (session.approval === null || session.approval === previous?.approval) return
      seen.approvedAtMs ??= this.world.clock.monotonicMs()
      seen.grantedS += (previous?.pendingExtension ?? session.request).duration_s
    })
  }
}
