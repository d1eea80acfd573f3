import { decisionInputSchema, type DecisionInput } from '../../gateway/decisions/decision-input.ts'
import type { AgentHistory, AgentSession, GatewayEvent, History, StoredSession } from './history.ts'

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6'

export interface Violation {
  readonly invariant: Invariant
  readonly what: string
}

/** A byte that was on its way when its session ended: security.md, R11, device-side. */
export const boundMs = 2_000
const residentGrowth = 0.05

/** The invariants of security.md, section 4, judged from outside: nothing here asks the programs what they think. Empty when all of them hold. */
export function checkHistory(history: History): readonly Violation[] {
  const of = (invariant: Invariant, found: readonly string[]): Violation[] => found.map((what) => ({ invariant, what }))
  return [
    ...of('I1', noByteOutsideOfASession(history)),
    ...of('I2', nothingAcknowledgedIsLost(history)),
    ...of('I3', noLogForksOrHasGaps(history)),
    ...of('I4', nothingIsAllowedBlindly(history)),
    ...of('I5', eachSessionEndsOnceForOneReason(history)),
    ...of('I6', resourcesComeBack(history)),
  ]
}

/** I1: no byte to a machine outside of [approved, min(end, expiry, revocation)] and a bound. */
function noByteOutsideOfASession(history: History): string[] {
  const windows = history.gateway.sessions.flatMap((session) => windowOf(history, session))
  return history.bytes
    .filter(({ device, atMs }) => !windows.some((one) => one.device === device && atMs >= one.fromMs && atMs <= one.toMs + boundMs))
    .map(
      ({ device, atMs, bytes }) =>
        `${bytes} bytes reached ${device} at ${at(atMs)}, outside of ${windows.map(said).join(', ') || 'any session'}`,
    )
}

interface Window {
  readonly session: string
  readonly device: string
  readonly fromMs: number
  readonly toMs: number
}

const said = ({ session, fromMs, toMs }: Window): string => `${session} [${at(fromMs)}, ${at(toMs)}]`
const at = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : String(ms))

/** Without the operator's press at the machine there is none. */
function windowOf(history: History, session: StoredSession): Window[] {
  const there = atMachine(history, session.id)
  const given = eventsOf(history, session.id, 'approval.given')[0]
  const startedAtMs =
    there === undefined ? given?.atMs : there.outcome === 'approved' || there.outcome === 'ended' ? there.startedAtMs : undefined
  if (startedAtMs === undefined) return []
  const ends = [
    (session.expiresAtS ?? Infinity) * 1000,
    there?.endedAtMs ?? Infinity,
    ...eventsOf(history, session.id, 'session.ended').map(({ atMs }) => atMs),
    ...history.told.flatMap((told) => (told.what === 'revoked' && told.session === session.id ? [told.atMs] : [])),
  ]
  return [{ session: session.id, device: session.device, fromMs: startedAtMs, toMs: Math.min(...ends) }]
}

/** I2: what was acknowledged, to people or between the two programs, is on both sides. */
function nothingAcknowledgedIsLost(history: History): string[] {
  return [
    ...history.told.flatMap((told) =>
      told.what === 'killed' || told.what === 'revoked' ? [] : lostWord(history, told.what, told.session),
    ),
    ...history.agents.flatMap((agent) => [...notDelivered(history, agent), ...notOnBothSides(history, agent)]),
  ]
}

function lostWord(history: History, what: 'requested' | 'approved' | 'ended' | 'refused', id: string): string[] {
  const session = history.gateway.sessions.find((one) => one.id === id)
  if (session === undefined) return [`${id} was ${what}, and the gateway does not know it`]
  const there = atMachine(history, id)
  const ended = session.state === 'ended'
  const has = (type: string): boolean => eventsOf(history, id, type).length > 0
  if (!has('session.requested')) return [`${id} is there without its request`]
  if (what === 'approved' && there?.outcome !== 'approved' && there?.outcome !== 'ended')
    return [`${id} was approved, and the machine has lost it`]
  if (what === 'approved' && !has('approval.given') && !ended) return [`${id} was approved, and the gateway has not heard of it`]
  if ((what === 'ended' || what === 'refused') && !ended) return [`${id} was ${what}, and lives on at the gateway`]
  if (what === 'ended' && there?.outcome === 'approved') return [`${id} was ended, and lives on at the machine`]
  return []
}

function notDelivered({ gateway }: History, { device, lastEvent }: AgentHistory): string[] {
  const carriedOut = gateway.carriedOut[device] ?? 0
  return carriedOut === lastEvent ? [] : [`the gateway has carried out event ${carriedOut} of ${device}, whose newest is ${lastEvent}`]
}

function notOnBothSides(history: History, agent: AgentHistory): string[] {
  const stored = new Map(history.gateway.sessions.filter(({ device }) => device === agent.device).map((session) => [session.id, session]))
  return agent.sessions.flatMap((there) => {
    const here = stored.get(there.id)
    if (here === undefined) return [`${agent.device} knows ${there.id}, and the gateway does not`]
    const livesThere = there.outcome === 'approved' && there.endedAtMs === null
    if (livesThere && here.state === 'ended') return [`${there.id} lives on at the machine, and is ended at the gateway`]
    if (!livesThere && here.state !== 'ended') return [`${there.id} is over at the machine, and ${here.state} at the gateway`]
    return []
  })
}

/** I3: numbers without gaps, a process that ended never writes again, and none goes back in its own time. */
function noLogForksOrHasGaps({ gateway, agents }: History): string[] {
  const newest = new Map<string, number>()
  const over = new Set<string>()
  let running: GatewayEvent | undefined
  const found: string[] = []
  for (const event of gateway.events) {
    const expected = (newest.get(event.log) ?? -1) + 1
    if (event.seq !== expected) found.push(`${event.log} has ${event.seq} where ${expected} belongs`)
    newest.set(event.log, event.seq)
    if (running !== undefined && running.boot !== event.boot) over.add(running.boot)
    if (over.has(event.boot)) found.push(`${event.log} ${event.seq} was written by ${event.boot} after a later process had begun`)
    if (running?.boot === event.boot && event.mono < running.mono) found.push(`${event.log} ${event.seq} goes back in its process's time`)
    running = event
  }
  for (const { device, kept, lastEvent } of agents)
    kept.forEach(({ n }, index) => {
      if (n !== lastEvent - kept.length + 1 + index)
        found.push(`${device} keeps event ${n} as ${index + 1} of ${kept.length} up to ${lastEvent}`)
    })
  return found
}

/** I4: every yes had all it needs; no session opened or went on after a restart without one. */
function nothingIsAllowedBlindly(history: History): string[] {
  const { decisions, events } = history.gateway
  const allowed = decisions.filter(({ allow }) => allow)
  const known = new Set(allowed.map(({ id }) => id))
  return [
    ...allowed.flatMap(({ id, input }) => missingIn(input).map((what) => `decision ${id} allowed, ${what}`)),
    ...events
      .filter(({ type, detail }) => type === 'decision.made' && detail['allow'] === true && !known.has(String(detail['decision'])))
      .map(({ detail }) => `decision ${String(detail['decision'])} counts, and the log of decisions has no such yes`),
    ...events.flatMap((event, index) => openedBlindly(events.slice(0, index), event)),
    ...wentOnBlindly(history),
  ]
}

function missingIn(input: unknown): string[] {
  const read = decisionInputSchema.safeParse(input)
  if (!read.success) return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return missingFacts(read.data)
}

function missingFacts({ action, technician, device, service, approval, session, time }: DecisionInput): string[] {
  const found: string[] = []
  const demand = (holds: boolean, what: string): void => void (holds || found.push(what))
  demand(technician.status === 'active', 'to a person who is disabled')
  demand(technician.undertaking !== null || action === 'view', 'without the undertaking')
  if (action === 'view') return found
  demand(device.status === 'active', `on a machine that is ${device.status}`)
  demand(session !== null, 'without a session')
  demand(service !== null && device.switches[service.name] === true, 'for a service that is not switched on')
  if (action === 'request') return found
  demand(approval !== null, 'without an approval')
  demand(approval === null || approval.expires_at > time.unix, 'with an approval that is over')
  demand(approval === null || service === null || approval.services.includes(service.name), 'for a service that was not approved')
  return found
}

function openedBlindly(before: readonly GatewayEvent[], { type, session }: GatewayEvent): string[] {
  if (type !== 'session.opened') return []
  const own = before.filter((event) => event.session === session)
  const approved = own.some((event) => event.type === 'approval.given')
  const decided = own.some(({ type: kind, detail }) => kind === 'decision.made' && detail['action'] === 'open' && detail['allow'] === true)
  return [
    ...(approved ? [] : [`${session} was opened without an approval`]),
    ...(decided ? [] : [`${session} was opened without a decision`]),
  ]
}

/** The cache of decisions is in memory, so a process that begins has to ask, and what it asks is logged. */
function wentOnBlindly({ gateway, bytes, told }: History): string[] {
  const kills = told.flatMap((one) => (one.what === 'killed' ? [one.atMs] : []))
  return kills.flatMap((killedAtMs, index) => {
    const untilMs = kills[index + 1] ?? Infinity
    const first = bytes.find(({ atMs }) => atMs > killedAtMs + boundMs && atMs < untilMs)
    if (first === undefined) return []
    const asked = gateway.decisions.some(({ allow, session, atMs }) => allow && session !== null && atMs > killedAtMs && atMs <= first.atMs)
    return asked ? [] : [`bytes reached ${first.device} at ${at(first.atMs)}, and nothing was decided since the kill at ${at(killedAtMs)}`]
  })
}

/** I5: one ending, one reason, and the record says the same. */
function eachSessionEndsOnceForOneReason(history: History): string[] {
  return history.gateway.sessions.flatMap((session) => {
    const endings = eventsOf(history, session.id, 'session.ended')
    const expected = session.state === 'ended' ? 1 : 0
    if (endings.length !== expected) return [`${session.id} is ${session.state} and has ended ${endings.length} times`]
    const reasons = new Set(
      [session.endReason, ...endings.map(({ detail }) => String(detail['reason']))].filter((reason) => reason !== null),
    )
    if (reasons.size !== expected) return [`${session.id} ended for ${[...reasons].join(' and ') || 'no reason'}`]
    const later = history.gateway.events.slice(history.gateway.events.indexOf(endings[0] as GatewayEvent) + 1)
    const revived = expected === 1 && later.some((event) => event.session === session.id && event.type !== 'decision.made')
    return revived ? [`${session.id} went on after its end`] : []
  })
}

/** I6: what a fault took is given back. Shrinking is no fault. */
function resourcesComeBack({ resources }: History): string[] {
  return resources.flatMap(({ name, before, after }) => {
    const files = after.openFiles > before.openFiles ? [`${name} has ${after.openFiles} open files, before ${before.openFiles}`] : []
    if (before.residentBytes === null || after.residentBytes === null) return files
    const grown = after.residentBytes / before.residentBytes - 1
    return grown > residentGrowth ? [...files, `${name} has grown by ${(grown * 100).toFixed(1)} %`] : files
  })
}

const atMachine = ({ agents }: History, id: string): AgentSession | undefined =>
  agents.flatMap(({ sessions }) => sessions).find((session) => session.id === id)

const eventsOf = ({ gateway }: History, session: string, type: string): readonly GatewayEvent[] =>
  gateway.events.filter((event) => event.session === session && event.type === type)
