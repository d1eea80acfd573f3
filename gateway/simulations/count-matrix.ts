import type { Page, PageRequest } from '../basics/page.ts'
import type { Device } from '../devices/device.ts'
import type { Person } from '../people/person.ts'
import { newProgress, type BackgroundJob } from './background-jobs.ts'
import { judgeRectangle, type MatrixQuestion } from './judge-matrix.ts'
import { machinesPage, peoplePage } from './matrix-population.ts'
import type { MatrixCell } from './questions/judge-cell.ts'
import { triedPolicies, type SimulationRoom } from './simulation-room.ts'

interface Named {
  readonly id: string
  readonly name: string
}

/** The whole matrix, counted. */
export interface MatrixCount extends BackgroundJob {
  readonly counts: { see: number; ask: number; open: number; wider: number; narrower: number; limits: number }
  /** The first cells in which somebody newly gets in. */
  readonly wider: { readonly person: Named; readonly machine: Named }[]
}

const peopleAtOnce = 50
const rowsAtOnce = 100
const mostWider = 100

/** Begins to count everyone x every machine, in the background: rectangle by rectangle, so that nothing else waits for it. */
export async function countMatrix(room: SimulationRoom, question: MatrixQuestion): Promise<MatrixCount> {
  const { sessions, random, clock } = room.ports
  const policies = await triedPolicies(room, question.target)
  const counts = { see: 0, ask: 0, open: 0, wider: 0, narrower: 0, limits: 0 }
  const job: MatrixCount = { id: `mxc_${random.hex(16)}`, progress: newProgress(), counts, wider: [] }
  const nowS = clock.nowS()
  return room.counts.start(job, async (signal) => {
    const people = await everyone(room, question)
    const strikes = { count: 0 }
    let machines = 0
    for await (const page of pages((request) => machinesPage(sessions, question.machines, request))) machines += page.length
    job.progress.total = people.length * machines
    for await (const page of pages((request) => machinesPage(sessions, question.machines, request))) {
      for (let from = 0; from < people.length; from += peopleAtOnce) {
        const rows = people.slice(from, from + peopleAtOnce)
        const cells = await judgeRectangle(room, policies, { question, people: rows, machines: page, nowS }, { signal, strikes })
        for (const [row, person] of rows.entries())
          for (const [column, machine] of page.entries()) count(job, cells[row]?.[column], person, machine)
      }
    }
    // Machines may have come and gone meanwhile.
    job.progress.total = job.progress.done
  })
}

async function everyone({ ports: { sessions } }: SimulationRoom, { people }: MatrixQuestion): Promise<readonly Person[]> {
  const all: Person[] = []
  for await (const page of pages((request) => peoplePage(sessions, people, request))) all.push(...page)
  return all
}

async function* pages<Item>(read: (request: PageRequest) => Promise<Page<Item>>): AsyncGenerator<readonly Item[]> {
  for (let after: string | null = null; ;) {
    const { items, next }: Page<Item> = await read({ limit: rowsAtOnce, after })
    yield items
    if (next === null) return
    after = next
  }
}

function count(job: MatrixCount, cell: MatrixCell | undefined, person: Person, machine: Device): void {
  if (cell === undefined) return
  job.progress.done += 1
  for (const step of ['see', 'ask', 'open'] as const) if (cell[step]) job.counts[step] += 1
  if (cell.changed !== null) job.counts[cell.changed] += 1
  if (cell.changed !== 'wider' || job.wider.length >= mostWider) return
  job.wider.push({ person: { id: person.id, name: person.name }, machine: { id: machine.id, name: machine.name } })
}
