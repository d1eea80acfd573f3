import type { ServiceName } from '../basics/ids.ts'
import type { Device } from '../devices/device.ts'
import type { Person } from '../people/person.ts'
import { askersOf, machineFactsOf, machinesPage, peoplePage, type MachineChoice, type PeopleChoice } from './matrix-population.ts'
import type { AccessStep } from './questions/access-steps.ts'
import type { MatrixCell } from './questions/judge-cell.ts'
import { triedPolicies, type PolicyTarget, type SimulationRoom } from './simulation-room.ts'
import type { RunOptions, TriedPolicies } from './threads/create-simulation-threads.ts'
import type { Assumed } from './threads/simulation-tasks.ts'

export interface MatrixQuestion {
  readonly target: PolicyTarget
  readonly upTo: AccessStep
  readonly service: ServiceName | null
  readonly people: PeopleChoice
  readonly machines: MachineChoice
  readonly methods: readonly string[]
  readonly durationS: number
}

export interface MatrixPageRequest {
  readonly limit: { readonly people: number; readonly machines: number }
  readonly after: { readonly people: string | null; readonly machines: string | null }
}

export interface MatrixPage {
  readonly revisions: { readonly target: string; readonly active: string }
  /** Unix seconds. */
  readonly nowS: number
  readonly people: readonly Person[]
  readonly machines: readonly Device[]
  /** A row for each person. */
  readonly cells: readonly (readonly MatrixCell[])[]
  readonly next: { readonly people: string | null; readonly machines: string | null }
}

/** One rectangle of everyone x every machine, for this moment. */
export async function judgeMatrix(room: SimulationRoom, question: MatrixQuestion, page: MatrixPageRequest): Promise<MatrixPage> {
  const { sessions } = room.ports
  const policies = await triedPolicies(room, question.target)
  const people = await peoplePage(sessions, question.people, { limit: page.limit.people, after: page.after.people })
  const machines = await machinesPage(sessions, question.machines, { limit: page.limit.machines, after: page.after.machines })
  const nowS = sessions.ports.clock.nowS()
  const cells = await judgeRectangle(room, policies, { question, people: people.items, machines: machines.items, nowS })
  return {
    revisions: { target: policies.target.revision, active: policies.active.revision },
    nowS,
    people: people.items,
    machines: machines.items,
    cells,
    next: { people: people.next, machines: machines.next },
  }
}

interface Rectangle {
  readonly question: MatrixQuestion
  readonly people: readonly Person[]
  readonly machines: readonly Device[]
  readonly nowS: number
}

/** Cells that one thread judges in one go: others come in between. */
const cellsAtOnce = 250

export async function judgeRectangle(
  { ports: { sessions, threads } }: SimulationRoom,
  policies: TriedPolicies,
  { question, people, machines, nowS }: Rectangle,
  options: RunOptions = { strikes: { count: 0 } },
): Promise<readonly (readonly MatrixCell[])[]> {
  const { service, upTo, durationS, methods } = question
  const assumed: Assumed = { nowS, durationS, approved: true }
  const askers = await askersOf(sessions, people, methods)
  const facts = await machineFactsOf(sessions, machines)
  const rowsAtOnce = Math.max(1, Math.floor(cellsAtOnce / Math.max(1, machines.length)))
  const parts: Promise<readonly (readonly MatrixCell[])[]>[] = []
  for (let from = 0; from < askers.length; from += rowsAtOnce) {
    const rows = askers.slice(from, from + rowsAtOnce)
    parts.push(threads.run('cells', policies, { people: rows, machines: facts, service, upTo, assumed }, options))
  }
  return (await Promise.all(parts)).flat()
}
