import { createVerify, generateKeyPairSync, constants } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { createOperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import { createServiceTable } from '../services/service-table.ts'
import { readSettings } from '../settings/read-settings.ts'
import { createActStore } from '../state/act-store.ts'
import { createEventStore } from '../state/event-store.ts'
import type { EventStore } from '../state/event-store.ts'
import { createChatStore } from '../state/chat-store.ts'
import { createHelpStore } from '../state/help-store.ts'
import { createHistoryStore } from '../state/history-store.ts'
import { createModeStore } from '../state/mode-store.ts'
import { createQuietStore } from '../state/quiet-store.ts'
import { createRemoteStore } from '../state/remote-store.ts'
import { openStateDatabase } from '../state/state-database.ts'
import type { StateDatabase } from '../state/state-database.ts'
import { createSwitchStore } from '../state/switch-store.ts'
import type { ApprovalClaims } from '../wire/approval.ts'
import type { SessionRequest } from '../wire/session-request.ts'
import { createApprovalDesk } from './approval-desk.ts'
import type { ApprovalDesk } from './desk-contract.ts'
import { signApproval } from './sign-approval.ts'

let stateDir: string
let database: StateDatabase
let events: EventStore
let clock: FakeClock
let desk: ApprovalDesk
let cut: string[]
let claims: ApprovalClaims[]
let panelGoneSinceMs: number | null
let remote: boolean[]
let conducts: unknown[]
let diskFull: boolean

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'agent-desk-'))
  database = openStateDatabase(stateDir)
  clock = new FakeClock()
  cut = []
  claims = []
  panelGoneSinceMs = null
  remote = []
  conducts = []
  diskFull = false
  desk = createDesk()
})

afterEach(() => {
  database.close()
  rmSync(stateDir, { recursive: true })
})

function createDesk(): ApprovalDesk {
  events = createEventStore(database)
  const settings = readSettings({
    text: JSON.stringify({
      gateway: { tunnel: 'gw:1', est: 'https://gw:2', caFile: 'ca', trustDomain: 'acme.example' },
      device: { id: 'press-1', name: 'Press', site: 'Hall' },
      stateDir,
      panel: { port: 0 },
      operators: ['Olga', 'Omar'],
      // What is asked here is when the time is over, not what a step of the clock means (losses.test.ts).
      losses: { clock: 'go_on' },
      services: {
        hmi: { kind: 'http', target: '127.0.0.1:8080' },
        plc: { kind: 'tcp', target: '127.0.0.1:502' },
        off: { kind: 'tcp', target: '127.0.0.1:503', enabled: false },
      },
    }),
    baseDir: '/',
    defaultPagesDir: '/',
  })
  const switches = createSwitchStore(database)
  const made = createApprovalDesk({
    settings,
    spiffeId: 'spiffe://acme.example/device/press-1',
    boot: 'b'.repeat(32),
    database: {
      ...database,
      transaction: (run) => {
        if (diskFull) throw new Error('database or disk is full')
        return database.transaction(run)
      },
    },
    events,
    history: createHistoryStore(database),
    quiet: createQuietStore(database),
    switches,
    remote: createRemoteStore(database),
    acts: createActStore(database),
    modes: createModeStore(database),
    help: createHelpStore(database),
    chat: createChatStore(database),
    services: createServiceTable({ services: settings.services, switches, remote: true }),
    operators: createOperatorList(settings.operators, silentLogger),
    clock,
    random: systemRandom,
    logger: silentLogger,
    sign: (signed) => {
      claims.push(signed)
      return `jws-${claims.length}`
    },
    cutSession: (session) => cut.push(session),
    cutStreams: (session) => cut.push(session),
    conduct: (session, change) => conducts.push([session, change]),
    panelGoneSinceMs: () => panelGoneSinceMs,
    lookAtClock: () => {},
    onChange: () => {},
    onRemote: (on) => remote.push(on),
  })
  made.tunnelUp()
  return made
}

function request(change: Partial<SessionRequest> = {}): SessionRequest {
  return {
    v: 1,
    kind: 'open',
    session: `ses_${systemRandom.hex(16)}`,
    device: 'press-1',
    gateway: 'acme.example',
    technician: { id: 'per_1', name: 'Mia', organisation: 'Acme', photo_sha256: null },
    services: ['hmi', 'plc'],
    purpose: 'x',
    ticket: null,
    duration_s: 600,
    requested_at: clock.nowS(),
    expires_at: clock.nowS() + 300,
    salt: systemRandom.bytes(32).toString('base64'),
    ...change,
  }
}

function open(change: Partial<SessionRequest> = {}): SessionRequest {
  const asked = request(change)
  expect(desk.show({ request: asked, photo: null })).toEqual({ kind: 'show' })
  desk.approve(asked.session, { operator: by('Olga') })
  return asked
}

const by = (name: string): IdentifiedOperator => ({ name, proof: 'none' }) as IdentifiedOperator

const kept = (): object[] => events.after(0, 100)
const codeOf = (run: () => void): unknown => {
  try {
    run()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'done'
}

describe('the approval desk', () => {
  it('refuses by itself when nobody answers in time, and never lets a late press in', () => {
    const asked = request()
    desk.show({ request: asked, photo: null })
    clock.advance(59_999)
    expect(desk.pending?.request.session).toBe(asked.session)
    clock.advance(1)
    expect(desk.pending).toBeNull()
    expect(codeOf(() => desk.approve(asked.session, { operator: by('Olga') }))).toBe('no_such_request')
    expect(kept()).toMatchObject([{ type: 'request.refused', how: 'timeout', by: null }])
  })

  it('waits no longer than the gateway would take the answer', () => {
    desk.show({ request: request({ expires_at: clock.nowS() + 20 }), photo: null })
    clock.advance(20_000)
    expect(desk.pending).toBeNull()
  })

  it('signs less than was asked for, never more', () => {
    const asked = request()
    desk.show({ request: asked, photo: null })
    for (const choice of [
      { services: ['hmi', 'off'] },
      { services: [] },
      { services: ['hmi', 'hmi'] },
      { durationS: 601 },
      { durationS: 0 },
      { durationS: 1.5 },
    ]) {
      expect(codeOf(() => desk.approve(asked.session, { operator: by('Olga'), ...choice }))).toBe('bad_request')
    }
    desk.approve(asked.session, { operator: by('Omar'), services: ['plc'], durationS: 60 })
    expect(claims).toMatchObject([{ services: ['plc'], exp: clock.nowS() + 60, operator: { name: 'Omar', proof: 'none' } }])
    expect(codeOf(() => desk.approve(asked.session, { operator: by('Olga') }))).toBe('no_such_request')
  })

  it('ends a session at its time on the monotonic clock, whatever the wall clock says', () => {
    const { session } = open()
    clock.jumpWallClock(-3_600_000)
    clock.advance(599_999)
    expect(desk.alive(session)).toMatchObject({ id: session })
    clock.advance(1)
    expect([desk.live, cut]).toEqual([null, [session]])
    expect(kept().at(-1)).toMatchObject({ type: 'session.ended', reason: 'time_limit' })
  })

  it('ends a session when the wall clock says that its time is over', () => {
    const { session } = open()
    clock.jumpWallClock(3_600_000)
    expect(desk.alive(session)).toBe('expired')
    clock.advance(1_000)
    expect(kept().at(-1)).toMatchObject({ type: 'session.ended', reason: 'clock' })
  })

  it('lets a session live over a gap shorter than 60 s, and not longer', () => {
    const { session } = open()
    desk.tunnelDown()
    clock.advance(59_000)
    desk.tunnelUp()
    clock.advance(60_000)
    expect(desk.live?.id).toBe(session)
    desk.tunnelDown()
    clock.advance(60_000)
    expect(desk.live).toBeNull()
    expect(kept().at(-1)).toMatchObject({ type: 'session.ended', reason: 'device_lost' })
  })

  it('prolongs a session by what was asked, on both clocks, even after somebody set the wall clock', () => {
    const { session } = open()
    clock.advance(500_000)
    desk.show({ request: request({ kind: 'extend', session, duration_s: 300 }), photo: null })
    desk.approve(session, { operator: by('Omar') })
    clock.jumpWallClock(-1_000_000)
    clock.advance(399_999)
    expect(desk.live?.id).toBe(session)
    clock.advance(1)
    expect(desk.live).toBeNull()
    expect(claims[1]!.exp - claims[0]!.exp).toBe(300)
  })

  it('keeps a session when an extension is refused', () => {
    const { session } = open()
    desk.show({ request: request({ kind: 'extend', session }), photo: null })
    desk.refuse(session, 'refused', 'Olga')
    expect(desk.live?.id).toBe(session)
    expect(kept().at(-1)).toMatchObject({ type: 'request.refused', kind: 'extend', by: 'Olga' })
  })

  it.each(['refused', 'not_now', 'not_today'] as const)('takes no (%s) without a name, and the record says that there is none', (how) => {
    const asked = request()
    desk.show({ request: asked, photo: null })
    desk.refuse(asked.session, how, null)
    expect(desk.pending).toBeNull()
    expect(kept().at(-1)).toMatchObject({ type: 'request.refused', kind: 'open', how, by: null })
    const { session } = open({ technician: { id: 'per_2', name: 'Max', organisation: 'Acme', photo_sha256: null } })
    desk.show({
      request: request({ kind: 'extend', session, technician: { id: 'per_2', name: 'Max', organisation: 'Acme', photo_sha256: null } }),
      photo: null,
    })
    desk.refuse(session, how, null)
    expect(desk.live?.id).toBe(session)
    expect(kept().at(-1)).toMatchObject({ type: 'request.refused', kind: 'extend', how, by: null })
  })

  it('cuts the streams when an extension leaves services out', () => {
    const { session } = open()
    desk.show({ request: request({ kind: 'extend', session }), photo: null })
    desk.approve(session, { operator: by('Olga'), services: ['hmi'] })
    expect(cut).toEqual([session])
    expect(desk.live?.services).toEqual(['hmi'])
  })

  it.each([
    ['another device', { device: 'press-2' }, 'bad_request'],
    ['another gateway', { gateway: 'evil.example' }, 'bad_request'],
    ['a clock five minutes away', { requested_at: 1 }, 'bad_request'],
    ['an unknown service', { services: ['hmi', 'nope'] }, 'unknown_service'],
    ['a service that is switched off', { services: ['off'] }, 'switch_off'],
    ['a session that is not there', { kind: 'extend' as const }, 'bad_request'],
  ])('does not show a request for %s', (_what, change, code) => {
    expect(desk.show({ request: request(change), photo: null })).toMatchObject({ kind: 'refuse', code })
  })

  it('never shows a session id twice', () => {
    const first = open()
    desk.endByOperator('Olga')
    expect(desk.show({ request: request({ session: first.session }), photo: null })).toMatchObject({ code: 'bad_request' })
  })

  it('is silent for the technician who was told not today, until midnight, after a restart too', () => {
    const asked = request()
    desk.show({ request: asked, photo: null })
    desk.refuse(asked.session, 'not_today', 'Olga')
    desk = createDesk()
    expect(desk.show({ request: request(), photo: null })).toMatchObject({ code: 'not_today' })
    const other = request({ technician: { id: 'per_2', name: 'Max', organisation: 'Acme', photo_sha256: null } })
    expect(desk.show({ request: other, photo: null })).toEqual({ kind: 'show' })
    desk.refuse(other.session, 'refused', null)
    clock.advance(24 * 3_600_000)
    expect(desk.show({ request: request(), photo: null })).toEqual({ kind: 'show' })
  })

  it('approves nothing that the disk did not take, and still ends at once', () => {
    const { session } = open()
    desk.show({ request: request({ kind: 'extend', session }), photo: null })
    diskFull = true
    expect(codeOf(() => desk.approve(session, { operator: by('Olga') }))).toBe('not_durable')
    expect(desk.live?.approval).toBe('jws-1')
    desk.endByOperator('Olga')
    expect([desk.live, cut]).toEqual([null, [session]])
    expect(desk.show({ request: request(), photo: null })).toMatchObject({ code: 'busy' })
    diskFull = false
    clock.advance(1_000)
    expect(kept().at(-1)).toMatchObject({ type: 'session.ended', session, by: 'Olga' })
    expect(desk.show({ request: request(), photo: null })).toEqual({ kind: 'show' })
  })

  it('switches off at once and on only durably', () => {
    open()
    diskFull = true
    desk.switchOff('hmi', 'Olga')
    expect(desk.live).toBeNull()
    expect(codeOf(() => desk.switchOn('off', by('Olga')))).toBe('not_durable')
    expect(desk.show({ request: request({ services: ['off'] }), photo: null })).toMatchObject({ kind: 'refuse' })
  })

  it('says who ended the session before it says that the switch is off: the gateway ends it by the first word it reads', () => {
    const { session } = open()
    desk.switchOff('hmi', 'Olga')
    expect(kept().slice(-2)).toMatchObject([
      { type: 'session.ended', session, reason: 'switch_off', by: 'Olga' },
      { type: 'switch.changed', service: 'hmi', enabled: false, by: 'Olga' },
    ])
  })

  it('tells of a session that an earlier process died over', () => {
    const { session } = open()
    desk = createDesk()
    expect(kept().at(-1)).toMatchObject({ type: 'session.ended', session, reason: 'device_lost' })
    expect(desk.alive(session)).toBeNull()
  })

  it('ends each session once, with one reason, in whatever order things happen', () => {
    const step = fc.constantFrom('approve', 'refuse', 'end', 'gateway', 'down', 'up', 'switch', 'minute', 'jump')
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const asked = request({ technician: { id: systemRandom.hex(8), name: 'Mia', organisation: 'Acme', photo_sha256: null } })
        desk.show({ request: asked, photo: null })
        let approved = 0
        let byGateway = 0
        for (const one of steps) {
          if (one === 'approve') approved += codeOf(() => desk.approve(asked.session, { operator: by('Olga') })) === 'done' ? 1 : 0
          if (one === 'refuse') codeOf(() => desk.refuse(asked.session, 'refused', null))
          if (one === 'end') desk.endByOperator(null)
          if (one === 'gateway') {
            byGateway += desk.live === null ? 0 : 1
            desk.endByGateway(asked.session, 'completed', null)
          }
          if (one === 'down') desk.tunnelDown()
          if (one === 'up') desk.tunnelUp()
          if (one === 'switch') desk.switchOff('hmi', 'Olga')
          if (one === 'minute') clock.advance(61_000)
          if (one === 'jump') clock.jumpWallClock(30_000)
        }
        desk.tunnelUp()
        desk.endByGateway(asked.session, 'completed', null)
        desk.endByOperator(null)
        codeOf(() => desk.switchOn('hmi', by('Olga')))
        expect(desk.live).toBeNull()
        const own = events.after(0, 10_000).filter((event) => 'session' in event && event.session === asked.session)
        expect(approved).toBeLessThanOrEqual(1)
        expect(own.filter(({ type }) => type === 'approval.given')).toHaveLength(approved)
        expect(own.filter(({ type }) => type === 'session.ended').length + byGateway).toBeLessThanOrEqual(approved)
        expect(own.filter(({ type }) => type === 'request.refused').length + approved).toBeLessThanOrEqual(1)
        // Every session that was approved was cut.
        expect(cut.filter((id) => id === asked.session)).toHaveLength(approved)
        events.acknowledge(events.last())
      }),
      { numRuns: 150 },
    )
  })
})

describe('the signature of an approval', () => {
  it.each([
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['PS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ])('is %s', (alg, { privateKey, publicKey }) => {
    open()
    const jws = signApproval(claims[0]!, { privateKey, thumbprint: 't' })
    const [header = '', payload = '', signature = ''] = jws.split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg, typ: 'sallyport-approval+jwt', 'x5t#S256': 't' })
    const verify = createVerify('sha256').update(`${header}.${payload}`)
    const options =
      alg === 'ES256'
        ? { key: publicKey, dsaEncoding: 'ieee-p1363' as const }
        : { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    expect(verify.verify(options, Buffer.from(signature, 'base64url'))).toBe(true)
  })

  it('ends by the loss of the panel, told as such, and counts a sleep of the computer as time', () => {
    const first = open()
    panelGoneSinceMs = clock.monotonicMs()
    clock.advance(14_000)
    expect(desk.live?.id).toBe(first.session)
    clock.advance(2_000)
    expect(desk.live).toBeNull()
    expect([cut, kept().at(-1)]).toMatchObject([[first.session], { type: 'session.ended', reason: 'panel_lost', by: null }])
    panelGoneSinceMs = null
    const second = open({ duration_s: 600 })
    clock.sleep(599_000)
    expect(desk.alive(second.session)).toMatchObject({ id: second.session })
    clock.sleep(1_000)
    expect(desk.alive(second.session)).toBe('expired')
    clock.advance(1_000)
    expect(kept().at(-1)).toMatchObject({ type: 'session.ended', reason: 'time_limit' })
  })
})
