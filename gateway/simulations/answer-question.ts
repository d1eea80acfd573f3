import { CodedError } from '../basics/coded-error.ts'
import type { DeviceId, PersonId, ServiceName } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import type { Device } from '../devices/device.ts'
import type { Person } from '../people/person.ts'
import { askersOf, machineFactsOf } from './matrix-population.ts'
import { accessSteps, inputOfStep, type AccessStep, type Encounter } from './questions/access-steps.ts'
import { worded, type WordedDecision } from './questions/explained-decision.ts'
import type { Changeable, FactChange } from './questions/fact-changes.ts'
import { servicesOf } from './questions/judge-cell.ts'
import { triedPolicies, type PolicyTarget, type SimulationRoom } from './simulation-room.ts'
import type { TriedPolicies } from './threads/create-simulation-threads.ts'

/** About one person before one machine. */
export interface EncounterQuestion {
  /** Null: the active policy. */
  readonly target: PolicyTarget | null
  readonly person: PersonId
  readonly machine: DeviceId
  /** Null: each service of the machine. */
  readonly service: ServiceName | null
  readonly upTo: AccessStep
  readonly approved: boolean
  readonly methods: readonly string[]
  readonly durationS: number
}

interface About {
  readonly revision: string
  readonly nowS: number
  readonly person: Person
  readonly machine: Device
}

export interface ExplainedStep {
  readonly action: AccessStep
  readonly service: ServiceName | null
  readonly decision: WordedDecision
}

export interface Why extends About {
  readonly allowed: boolean
  /** Every step, also behind one that is refused: all that stands against it is said at once. */
  readonly steps: readonly ExplainedStep[]
}

/** Why she can, or cannot. */
export async function whyAllowed(room: SimulationRoom, question: EncounterQuestion): Promise<Why> {
  const policies = await triedPolicies(room, question.target)
  const { encounter, ...about } = await encounterOf(room, policies.target, question)
  const steps = await explainSteps(room, policies, encounter, question)
  return { ...about, steps, allowed: reaches(steps, question.upTo) }
}

/** Seeing first, then each service as far as was asked. */
export async function explainSteps(
  { ports: { threads } }: SimulationRoom,
  policies: TriedPolicies,
  encounter: Encounter,
  { service, upTo }: Pick<EncounterQuestion, 'service' | 'upTo'>,
): Promise<readonly ExplainedStep[]> {
  const behind = accessSteps.slice(1, accessSteps.indexOf(upTo) + 1)
  const steps = [
    { action: 'view' as const, service: null },
    ...servicesOf(encounter, service).flatMap((name) => behind.map((action) => ({ action, service: name }))),
  ]
  const inputs = steps.map((step) => inputOfStep(encounter, step.action, step.service))
  const decisions = await threads.run('explain', policies, { inputs })
  return steps.flatMap((step, index) => {
    const decision = decisions[index]
    return decision === undefined ? [] : [{ ...step, decision: worded(decision, policies.target) }]
  })
}

function reaches(steps: readonly ExplainedStep[], upTo: AccessStep): boolean {
  const [view, ...behind] = steps
  if (view?.decision.result.allow !== true) return false
  if (upTo === 'view') return true
  const refused = new Set(behind.filter(({ decision }) => !decision.result.allow).map(({ service }) => service))
  return behind.some(({ service }) => !refused.has(service))
}

export interface Way {
  readonly service: ServiceName | null
  readonly changes: readonly FactChange[]
}

export interface WhatWould extends About {
  readonly allowed: boolean
  /** Smallest first. */
  readonly ways: readonly Way[]
  readonly tried: number
  readonly complete: boolean
}

/** What would let her in: changes of facts that were tried, and do. */
export async function whatWouldAllow(room: SimulationRoom, question: EncounterQuestion): Promise<WhatWould> {
  const policies = await triedPolicies(room, question.target)
  const { encounter, ...about } = await encounterOf(room, policies.target, question)
  const changeable = await changeableHere(room, policies.target)
  const { upTo } = question
  const services = upTo === 'view' ? [null] : servicesOf(encounter, question.service)
  const answers = await Promise.all(
    services.map(async (service) => ({
      service,
      answer: await room.ports.threads.run('whatWould', policies, { encounter, service, upTo, changeable }),
    })),
  )
  const allowed = answers.some(({ answer }) => answer.allowed)
  const ways = answers.flatMap(({ service, answer }) => answer.ways.map((changes) => ({ service, changes })))
  return {
    ...about,
    allowed,
    ways: allowed ? [] : ways.toSorted((a, b) => a.changes.length - b.changes.length),
    tried: answers.reduce((sum, { answer }) => sum + answer.tried, 0),
    complete: answers.every(({ answer }) => answer.complete),
  }
}

export interface WhoQuestion extends Omit<EncounterQuestion, 'person'> {
  readonly limit: number
  readonly after: string | null
}

export interface Who {
  readonly revision: string
  readonly nowS: number
  readonly machine: Device
  readonly people: readonly { readonly person: Person; readonly services: readonly ServiceName[] }[]
  readonly judged: number
  readonly next: string | null
}

/** Who could, of one page of everybody. */
export async function whoCould(room: SimulationRoom, question: WhoQuestion): Promise<Who> {
  const { sessions, threads } = room.ports
  const policies = await triedPolicies(room, question.target)
  const machine = await machineOf(room, question.machine)
  const nowS = sessions.ports.clock.nowS()
  const page = await sessions.ports.people.list(wholeInstallation, {}, { limit: question.limit, after: question.after })
  const people = await askersOf(sessions, page.items, question.methods)
  const machines = await machineFactsOf(sessions, [machine])
  const { upTo, durationS, approved } = question
  const assumed = { nowS, durationS, approved }
  const services = upTo === 'view' ? [null] : servicesOf({ device: machine }, question.service)
  const columns = await Promise.all(
    services.map(async (service) => ({
      service,
      rows: await threads.run('cells', { ...policies, active: policies.target }, { people, machines, service, upTo, assumed }),
    })),
  )
  const reached = { view: 'see', request: 'ask', open: 'open' } as const
  const could = page.items.flatMap((person, row) => {
    const those = columns.filter(({ rows }) => rows[row]?.[0]?.[reached[upTo]] === true)
    return those.length === 0 ? [] : [{ person, services: those.flatMap(({ service }) => service ?? []) }]
  })
  return { revision: policies.target.revision, nowS, machine, people: could, judged: page.items.length, next: page.next }
}

export async function encounterOf(
  room: SimulationRoom,
  policy: CompiledPolicy,
  { person: personId, machine: machineId, ...assumed }: Omit<EncounterQuestion, 'target' | 'service' | 'upTo'>,
): Promise<About & { readonly encounter: Encounter }> {
  const { sessions } = room.ports
  const person = await sessions.ports.people.find(wholeInstallation, personId)
  if (person === undefined) throw new CodedError({ code: 'person_unknown', message: 'There is no such person.', remedy: 'not_found' })
  const machine = await machineOf(room, machineId)
  const [asker] = await askersOf(sessions, [person], assumed.methods)
  if (asker === undefined) throw new TypeError('one person gives one asker')
  const deviceOrganisationName = await sessions.organisationName(machine.organisationId)
  const nowS = sessions.ports.clock.nowS()
  const { durationS, approved } = assumed
  const encounter = { asker, device: machine, deviceOrganisationName, nowS, durationS, approved }
  return { revision: policy.revision, nowS, person, machine, encounter }
}

async function machineOf({ ports: { sessions } }: SimulationRoom, id: DeviceId): Promise<Device> {
  const device = await sessions.ports.devices.find(wholeInstallation, id)
  if (device === undefined) throw new CodedError({ code: 'device_unknown', message: 'There is no such machine.', remedy: 'not_found' })
  return device
}

/** How one can sign in, at most: password, one-time code, hardware key. */
const everyMethod = ['pwd', 'otp', 'hwk', 'mfa']
const mostPeopleRead = 1_000

/** Permissions that the policy's data names, and those that somebody has. */
async function changeableHere({ ports: { sessions } }: SimulationRoom, { data }: CompiledPolicy): Promise<Changeable> {
  const permissions = new Set(textsIn(data['permissions']))
  let after: string | null = null
  for (let read = 0; read < mostPeopleRead; read += 200) {
    const page = await sessions.ports.people.list(wholeInstallation, {}, { limit: 200, after })
    for (const person of page.items) for (const permission of person.permissions) permissions.add(permission)
    if (page.next === null) break
    after = page.next
  }
  const version = (data['undertaking'] as { readonly version?: unknown } | undefined)?.version
  return { permissions: [...permissions].toSorted(), undertaking: typeof version === 'string' ? version : null, methods: everyMethod }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
