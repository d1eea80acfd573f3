import { isAllowed, type Decision, type DecisionRecord } from '../decisions/decision.ts'
import type { DecisionInput } from '../decisions/decision-input.ts'
import type { DeviceId, PersonId, ServiceName } from '../basics/ids.ts'
import { allDenials, factsOf, inputsAboutSession, questionAbout, rulesOf, type SessionFacts } from './ask-policy.ts'
import { endSession } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import type { EndReason, Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'

/** So many are decided together: they are asked in one batch. */
const together = 64
/** Batches at once: while some are evaluated the others are read. Whoever asks for a stream meanwhile goes before them at the worker. */
const batchesAtOnce = 8

/** Continuous evaluation (design.md, section 5): policy is asked again for sessions that a change touches; one that is not allowed any more ends. */
export function reconsider(room: SessionRoom, touches: (session: Session) => boolean): Promise<void> {
  return reconsiderThese(
    room,
    room.list().filter((live) => touches(live.session)),
  )
}

export const ofPerson =
  (id: PersonId) =>
  (session: Session): boolean =>
    session.personId === id
export const ofDevice =
  (id: DeviceId) =>
  (session: Session): boolean =>
    session.deviceId === id
export const all = (): boolean => true

export const reconsiderOne = (room: SessionRoom, live: LiveSession): Promise<void> => reconsiderThese(room, [live])

/**
 * Never rejects: what cannot be decided ends the session. When this resolves all were decided, and what is no longer allowed has ended, durably. Decisions by which a session goes
 * on as it was change nothing and are told to nobody: they are logged behind (`DecisionEngine.decideAnew`), and where that fails the session ends then.
 */
export async function reconsiderThese(room: SessionRoom, lives: readonly LiveSession[]): Promise<void> {
  // From now on no decision of before opens a stream.
  for (const live of lives) live.generation += 1
  const inOrder = byPerson(lives)
  let next = 0
  const takeBatches = async (): Promise<void> => {
    while (next < inOrder.length) await decideTogether(room, inOrder.slice(next, (next += together)))
  }
  await Promise.all(Array.from({ length: batchesAtOnce }, takeBatches))
}

/** Those of one person beside each other: his facts are read once for a batch, and his part of the log is written to in one place. */
const byPerson = (lives: readonly LiveSession[]): LiveSession[] =>
  [...Map.groupBy(lives, ({ session }) => session.personId).values()].flat()

/** A session as it was when policy was asked about it. */
interface Asked {
  readonly live: LiveSession
  readonly session: Session
  readonly services: readonly ServiceName[]
  readonly inputs: readonly DecisionInput[]
}

async function decideTogether(room: SessionRoom, lives: readonly LiveSession[]): Promise<void> {
  const facts = factsOf(
    room,
    lives.map(({ session }) => session),
  )
  const questions = await Promise.all(lives.map((live) => orEnd(room, live, async () => ask(room, live, await facts))))
  const asked = questions.filter((question) => question !== undefined)
  const answered = room.ports.decisions.decideAnew(
    asked.flatMap(({ inputs }) => inputs),
    { patient: lives.length > 1 },
  )
  let behind = 0
  const inTurn = asked.map((one): InTurn => ({ one, from: behind, to: (behind += one.inputs.length) }))
  await Promise.all(
    inTurn.map(({ one, from, to }) => orEnd(room, one.live, async () => carryOut(room, one, (await answered).records.slice(from, to)))),
  )
  void answered.then(
    ({ logged }) => endUnlogged(room, inTurn, logged),
    // That ended them already.
    () => undefined,
  )
}

/** Which of the answers of a batch are about a session. */
interface InTurn {
  readonly one: Asked
  readonly from: number
  readonly to: number
}

/** Fail closed: what is allowed by a decision that could not be recorded is not allowed any more. */
async function endUnlogged(room: SessionRoom, inTurn: readonly InTurn[], logged: Promise<readonly Decision[]>): Promise<void> {
  const decisions = await logged
  if (decisions.every(isAllowed)) return
  await Promise.all(
    inTurn
      .map(({ one, from, to }) => ({ one, about: decisions.slice(from, to) }))
      .filter(({ about }) => !about.every(isAllowed))
      .map(({ one, about }) => orEnd(room, one.live, () => carryOut(room, one, about))),
  )
}

async function ask(room: SessionRoom, live: LiveSession, facts: SessionFacts): Promise<Asked | undefined> {
  const { session } = live
  if (live.ending) return undefined
  const { action, services } = questionAbout(session)
  const inputs = await inputsAboutSession(room, facts, { session, action, services })
  return { live, session, services, inputs }
}

async function orEnd<Result>(room: SessionRoom, live: LiveSession, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work()
  } catch (error) {
    if (room.stopping) {
      live.cutStreams('gateway_shutdown')
      return undefined
    }
    room.ports.logger.error({ err: error, session: live.session.id }, 'a session could not be decided anew and is ended')
    // What `endSession` cannot store it logs and tries again.
    await endSession(room, live.session.id, { reason: 'error' }).catch(() => undefined)
    return undefined
  }
}

async function carryOut(room: SessionRoom, { live, session, services }: Asked, decisions: readonly DecisionRecord[]): Promise<void> {
  if (live.ending) return
  // An approval or an extension came in between: the answer was about the session before it.
  if (live.session.approval?.jws !== session.approval?.jws) return reconsiderOne(room, live)
  const denied = decisions.filter((decision) => !decision.result.allow)
  if (decisions.length === 0 || denied.length > 0) {
    // An engine that ends denies everything. A restart ends no session before its time: it is decided anew then.
    if (room.stopping) return live.cutStreams('gateway_shutdown')
    const codes = [...new Set(allDenials(denied).map((denial) => denial.code))]
    await endSession(room, session.id, { reason: reasonOfDenial(room, live, codes), codes })
    return
  }
  for (const [index, service] of services.entries()) live.withdrawUnless(service, rulesOf(decisions[index]))
  armReevaluation(room, live, decisions)
}

/** Time alone may change a decision at `valid_until`: it is asked again then. */
function armReevaluation(room: SessionRoom, live: LiveSession, decisions: readonly DecisionRecord[]): void {
  const validUntilS = Math.min(...decisions.map((decision) => decision.result.valid_until))
  const waitMs = Math.max(250, validUntilS * 1000 - room.ports.clock.nowMs())
  live.setTimer(
    'reconsider',
    room.ports.clock.after(waitMs, () => reconsiderDue(room, live)),
  )
}

/** Sessions whose decision has run out while others were decided anew. */
const due = new WeakMap<SessionRoom, Set<LiveSession>>()

/** Thousands may be due in one moment, a minute after a start or a new policy: those that come while a pass runs go into the next one. */
function reconsiderDue(room: SessionRoom, live: LiveSession): void {
  const waiting = due.get(room)
  if (waiting === undefined) void passOverDue(room, live)
  else waiting.add(live)
}

async function passOverDue(room: SessionRoom, first: LiveSession): Promise<void> {
  const waiting = new Set([first])
  due.set(room, waiting)
  while (waiting.size > 0) {
    const lives = [...waiting]
    waiting.clear()
    await reconsiderThese(room, lives)
  }
  due.delete(room)
}

/** The wall clock may step by this much before it counts as set by somebody (or as a machine that slept). */
export const toleratedJumpMs = 2_000

const timeCodes: readonly string[] = ['time_limit', 'approval_expired', 'no_approval']

/** The one reason that both parties read; the codes say the rest. */
export function reasonOfDenial(room: SessionRoom, live: LiveSession, codes: readonly string[]): EndReason {
  if (codes.includes('device_revoked')) return 'revoked'
  if (codes.includes('device_suspended')) return 'suspended'
  if (codes.includes('switch_off')) return 'switch_off'
  if (live.session.state === 'open' && codes.length === 1 && codes[0] === 'not_recorded') return 'recorder_lost'
  if (live.session.approval === null || codes.length === 0 || !codes.every((code) => timeCodes.includes(code))) return 'policy'
  // Its time is not over by the clock that nobody can set: the wall clock was set.
  const early = codes.includes('approval_expired') && (live.msUntil(room.ports.clock, 'time_limit') ?? 0) > toleratedJumpMs
  return early || codes.includes('no_approval') ? 'clock' : 'time_limit'
}
