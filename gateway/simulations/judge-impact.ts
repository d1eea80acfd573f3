import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import type { DecisionInput } from '../decisions/decision-input.ts'
import type { DecisionLimits, DecisionResult, Denial } from '../decisions/decision-result.ts'
import { maskedInput } from '../decisions/export/mask-decision.ts'
import type { Device } from '../devices/device.ts'
import type { Person } from '../people/person.ts'
import { factsOf, inputsAboutSession, questionAbout, type SessionFacts } from '../sessions/ask-policy.ts'
import type { Session } from '../sessions/session.ts'
import { declaredCodes } from './questions/conceal-answer.ts'
import { changedLimits } from './questions/compare-results.ts'
import type { SimulationPorts } from './simulation-room.ts'
import type { RunOptions, TriedPolicies } from './threads/create-simulation-threads.ts'

interface Touched {
  readonly session: Session
  readonly person: Pick<Person, 'id' | 'name'>
  readonly device: Pick<Device, 'id' | 'name'>
}

export interface EndingSession extends Touched {
  readonly denials: readonly Denial[]
}

export interface BoundSession extends Touched {
  readonly service: string
  readonly before: DecisionLimits
  readonly after: DecisionLimits
}

/** What the activation of a policy would do to what is open now. */
export interface Impact {
  readonly judged: number
  readonly ending: readonly EndingSession[]
  readonly limitsChanged: readonly BoundSession[]
}

const sessionsAtOnce = 100

/** Every live session is asked about as its re-evaluation would ask (`sessions/reconsider.ts`). */
export async function judgeImpact(ports: SimulationPorts, policy: CompiledPolicy, active: CompiledPolicy): Promise<Impact> {
  const sessions = ports.sessions.list().flatMap(({ session, ending }) => (ending ? [] : [session]))
  const found: Impact[] = []
  const options = { strikes: { count: 0 } }
  for (let from = 0; from < sessions.length; from += sessionsAtOnce)
    found.push(await judgeSessions(ports, { target: policy, active }, sessions.slice(from, from + sessionsAtOnce), options))
  return {
    judged: sessions.length,
    ending: found.flatMap(({ ending }) => ending),
    limitsChanged: found.flatMap(({ limitsChanged }) => limitsChanged),
  }
}

interface Asked extends Touched {
  readonly inputs: readonly DecisionInput[]
}

async function judgeSessions(
  ports: SimulationPorts,
  policies: TriedPolicies,
  sessions: readonly Session[],
  options: RunOptions,
): Promise<Impact> {
  const facts = await factsOf(ports.sessions, sessions)
  const asked = await Promise.all(sessions.map((session) => ask(ports, facts, session)))
  const inputs = asked.flatMap((one) => one.inputs)
  const { target, active } = policies
  const after = await ports.threads.run('decide', policies, { inputs }, options)
  const before = await ports.threads.run('decide', { target: active, active: target }, { inputs }, options)
  let at = 0
  const judged = asked.map((one) => {
    const range = [at, (at += one.inputs.length)] as const
    return judge(one, before.slice(...range), after.slice(...range))
  })
  const ending = judged.flatMap(({ ending: found }, index) => (found === null ? [] : [{ found, inputs: asked[index]?.inputs ?? [] }]))
  return {
    judged: sessions.length,
    ending: await Promise.all(
      ending.map(async ({ found, inputs: own }) =>
        withoutWords(found, await toMasked(ports, policies, own, options), declaredCodes([target, active])),
      ),
    ),
    limitsChanged: judged.flatMap(({ limitsChanged }) => limitsChanged),
  }
}

/** What the policy says where purpose, ticket, address and names are hidden from it, as the decision log hides them. */
async function toMasked(
  { threads }: SimulationPorts,
  policies: TriedPolicies,
  inputs: readonly DecisionInput[],
  options: RunOptions,
): Promise<readonly DecisionResult[]> {
  const masked = inputs.map(maskedInput)
  return masked.length === 0 ? [] : threads.run('decide', policies, { inputs: masked }, options)
}

/** Words that a policy has for what is hidden from it as well are nobody's; of others the code is told, and a code that was made up of them is not. */
function withoutWords(ending: EndingSession, masked: readonly DecisionResult[], declared: ReadonlySet<string>): EndingSession {
  const said = masked.flatMap(({ denials }) => denials)
  const denials = ending.denials.flatMap((denial): Denial[] => {
    const { code, message } = denial
    if (said.some((other) => other.code === code && other.message === message)) return [denial]
    return declared.has(code) || said.some((other) => other.code === code) ? [{ code, message: '' }] : []
  })
  return { ...ending, denials }
}

/** One whose person or machine is gone has no inputs: its re-evaluation ends it under any policy. */
async function ask(ports: SimulationPorts, facts: SessionFacts, session: Session): Promise<Asked> {
  const person = facts.people.get(session.personId)
  const device = facts.devices.get(session.deviceId)
  const inputs =
    person === undefined || device === undefined
      ? []
      : await inputsAboutSession(ports.sessions, facts, { session, ...questionAbout(session) })
  return {
    session,
    person: person ?? { id: session.personId, name: session.request.technician.name },
    device: device ?? { id: session.deviceId, name: session.deviceId },
    inputs,
  }
}

function judge(
  { inputs, ...touched }: Asked,
  before: readonly DecisionResult[],
  after: readonly DecisionResult[],
): { readonly ending: EndingSession | null; readonly limitsChanged: readonly BoundSession[] } {
  if (after.length === 0 || after.some(({ allow }) => !allow)) {
    const denials = new Map(after.flatMap((result) => result.denials).map((denial) => [`${denial.code}\n${denial.message}`, denial]))
    return { ending: { ...touched, denials: [...denials.values()] }, limitsChanged: [] }
  }
  const limitsChanged = inputs.flatMap((input, index): BoundSession[] => {
    const [old, now] = [before[index], after[index]]
    if (old === undefined || now === undefined || !old.allow || changedLimits(input.action, old, now).length === 0) return []
    return [{ ...touched, service: input.service?.name ?? '', before: old.limits, after: now.limits }]
  })
  return { ending: null, limitsChanged }
}
