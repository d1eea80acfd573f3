import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceName } from '../basics/ids.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import type { Device } from '../devices/device.ts'
import type { Person } from '../people/person.ts'
import { askPolicy, inputsAboutSession } from '../sessions/ask-policy.ts'
import type { Asker } from '../sessions/decision-facts.ts'
import { visibleOf } from '../sessions/visible-devices.ts'
import { exampleApproval, exampleSession } from '../storage/testing/example-records.ts'
import type { MatrixPage, MatrixQuestion } from './judge-matrix.ts'
import type { MatrixCell } from './questions/judge-cell.ts'
import { storePopulation } from './testing/population.ts'
import { simulationWorld, type SimulationWorld } from './testing/simulation-world.ts'
import { changedPolicy } from './testing/tried-policies.ts'

const everywhere = `package sallyport.rules.region

default satisfied := false

satisfied if input.device.region != ""
`
const nobody = `package sallyport.rules.region

default satisfied := false

denials contains {"code": "outside_region", "message": "Nowhere."}
`

let tried: SimulationWorld
let people: readonly Person[]
let wider: CompiledPolicy
let narrower: CompiledPolicy
beforeAll(async () => {
  tried = await simulationWorld()
  people = (await storePopulation(tried.world.storage, { people: 24, machines: 20, seed: 7 })).people
  wider = await changedPolicy({ 'rules/region.rego': everywhere, 'rules/region_test.rego': '' })
  narrower = await changedPolicy({ 'rules/region.rego': nobody })
})
afterAll(() => tried[Symbol.asyncDispose]())

const methods = ['pwd', 'otp']
const ask = (change: Partial<MatrixQuestion> = {}): MatrixQuestion => ({
  target: { revision: tried.world.policy.revision },
  upTo: 'open',
  service: null,
  people: { ids: people.map(({ id }) => id) },
  machines: { search: 'Plant' },
  methods,
  durationS: 60,
  ...change,
})
const first = { people: null, machines: null }
const whole = (question: MatrixQuestion): Promise<MatrixPage> =>
  tried.simulations.matrix(question, { limit: { people: 100, machines: 100 }, after: first })

/** What the portal answers, asked through the ways of live access. */
async function livePortal(person: Person, device: Device): Promise<Pick<MatrixCell, 'see' | 'ask' | 'open'>> {
  const { room } = tried.world
  const authentication = { methods, time: tried.world.clock.nowS() }
  const asker: Asker = { person, organisationName: await room.organisationName(person.organisationId), authentication, address: null }
  const see = (await visibleOf(room, asker, [device])).length === 1
  const services = device.services.map(({ name }) => name as ServiceName)
  const asked = see ? await askPolicy(room, { action: 'request', asker, device, services, session: null, durationS: 60 }) : []
  const granted = services.filter((_, index) => asked[index]?.result.allow === true)
  const opened = await Promise.all(granted.map((service) => opens(person, device, service, authentication)))
  return { see, ask: granted.length > 0, open: opened.includes(true) }
}

/** As when the operator's approval for this one service has just come. */
async function opens(person: Person, device: Device, service: ServiceName, authentication: Asker['authentication']): Promise<boolean> {
  const { room, clock, decisions } = tried.world
  const nowS = clock.nowS()
  const request = { ...exampleSession('x').request, duration_s: 60 }
  const approval = { ...exampleApproval, services: [service], grantedAt: nowS, expiresAt: nowS + 60 }
  const session = exampleSession('x', { personId: person.id, deviceId: device.id, requestedAt: nowS, authentication, request, approval })
  const facts = { people: new Map([[person.id, person]]), devices: new Map([[device.id, device]]) }
  const [decision] = await decisions.decideMany(await inputsAboutSession(room, facts, { session, action: 'open', services: [service] }))
  return decision?.result.allow === true
}

describe('the matrix', () => {
  it('says under the active revision what the portal answers, for people and machines of every kind', async () => {
    const page = await whole(ask())
    expect(page.cells.length).toBe(people.length)
    const seen = { see: 0, ask: 0, open: 0, none: 0 }
    for (const [row, person] of page.people.entries()) {
      for (const [column, device] of page.machines.entries()) {
        const cell = page.cells[row]?.[column]
        expect({ see: cell?.see, ask: cell?.ask, open: cell?.open }, `${person.name} at ${device.id}`).toEqual(
          await livePortal(person, device),
        )
        expect(cell?.changed).toBeNull()
        expect(cell?.codes.length === 0).toBe(cell?.open === true)
        seen[cell?.open ? 'open' : cell?.ask ? 'ask' : cell?.see ? 'see' : 'none'] += 1
      }
    }
    expect(seen.none).toBeGreaterThan(50)
    expect(seen.see).toBeGreaterThan(10)
    expect(seen.ask + seen.open).toBeGreaterThan(10)
  })

  it('is the same in pages as whole, and each page says what comes to the right and below', async () => {
    const all = await whole(ask({ people: {} }))
    const cells = new Map<string, MatrixCell>()
    let below: string | null = null
    do {
      let right: string | null = null
      let next: string | null = null
      do {
        const page: MatrixPage = await tried.simulations.matrix(ask({ people: {} }), {
          limit: { people: 17, machines: 11 },
          after: { people: below, machines: right },
        })
        for (const [row, person] of page.people.entries())
          for (const [column, machine] of page.machines.entries())
            cells.set(`${person.id} ${machine.id}`, page.cells[row]?.[column] as MatrixCell)
        right = page.next.machines
        next = page.next.people
      } while (right !== null)
      below = next
    } while (below !== null)
    expect(cells.size).toBe(all.people.length * all.machines.length)
    for (const [row, person] of all.people.entries())
      for (const [column, machine] of all.machines.entries())
        expect(cells.get(`${person.id} ${machine.id}`)).toEqual(all.cells[row]?.[column])
  })

  it('marks a cell as wider where somebody gets further than today, and nowhere else', async () => {
    const [now, then] = [await whole(ask()), await whole(ask({ target: tried.target(wider) }))]
    const marked = { wider: 0, null: 0 }
    for (const [row, person] of then.people.entries()) {
      for (const [column, machine] of then.machines.entries()) {
        const [before, after] = [now.cells[row]?.[column] as MatrixCell, then.cells[row]?.[column] as MatrixCell]
        const further = !before.see && after.see
        expect(after.changed, `${person.name} at ${machine.id}`).toBe(further ? 'wider' : null)
        if (further) expect(person.regions).not.toContain(machine.region)
        marked[further ? 'wider' : 'null'] += 1
      }
    }
    expect(marked.wider).toBeGreaterThan(9)
    expect(marked.null).toBeGreaterThan(9)
  })

  it('marks as narrower where somebody loses what she has today, with what stands against it', async () => {
    const [now, then] = [await whole(ask()), await whole(ask({ target: tried.target(narrower) }))]
    const lost = then.cells.flat().filter((_, index) => now.cells.flat()[index]?.see === true)
    expect(lost.length).toBeGreaterThan(9)
    expect(lost.every(({ changed, see, codes }) => changed === 'narrower' && !see && codes.includes('outside_region'))).toBe(true)
    expect(then.cells.flat().filter(({ changed }) => changed !== null)).toHaveLength(lost.length)
  })

  it('marks other limits where who gets in stays the same', async () => {
    const limits = { http: 600, vnc: 14_400, ssh: 3_600, tcp: 3_600 }
    const data = { limits: { max_duration_s: limits, default_duration_s: 14_400, max_extensions: 3, clock_tolerance_s: 60 } }
    const shorter = await changedPolicy({ 'data/limits.json': JSON.stringify(data) })
    const [now, then] = [await whole(ask()), await whole(ask({ target: tried.target(shorter) }))]
    const marked = then.cells.flat().filter(({ changed }) => changed !== null)
    expect(marked.length).toBeGreaterThan(10)
    expect(marked.every(({ changed, ask: asks }) => changed === 'limits' && asks)).toBe(true)
    expect(then.cells.flat().map(({ see, open }) => [see, open])).toEqual(now.cells.flat().map(({ see, open }) => [see, open]))
  })

  it('takes one service alone, and stops at the step that was asked for', async () => {
    const alone = await whole(ask({ service: 'shell' as ServiceName }))
    const seeing = await whole(ask({ upTo: 'view' }))
    const all = await whole(ask())
    expect(seeing.cells.flat().map(({ see }) => see)).toEqual(all.cells.flat().map(({ see }) => see))
    expect(seeing.cells.flat().some((cell) => cell.ask || cell.open)).toBe(false)
    for (const [row] of people.entries())
      for (const [column, machine] of alone.machines.entries())
        if (machine.services.every(({ name }) => name !== 'shell')) expect(alone.cells[row]?.[column]?.ask).toBe(false)
    expect(alone.cells.flat().some((cell) => cell.open)).toBe(true)
  })

  it('explains one cell step by step with the rules of both revisions', async () => {
    const then = await whole(ask({ target: tried.target(wider) }))
    const at = then.cells.flat().findIndex(({ changed, open }) => changed === 'wider' && open)
    const person = then.people[Math.floor(at / then.machines.length)] as Person
    const machine = then.machines[at % then.machines.length] as Device
    const question = { target: tried.target(wider), person: person.id, machine: machine.id, service: null, methods, durationS: 60 }
    const { cell, steps } = await tried.simulations.cell(question)
    expect(cell).toMatchObject({ see: true, open: true, changed: 'wider' })
    const [view] = steps
    expect(view).toMatchObject({
      action: 'view',
      changed: 'wider',
      before: { result: { allow: false } },
      after: { result: { allow: true } },
    })
    const unsatisfied = (rules: (typeof steps)[0]['before']['rules']): (string | undefined)[] =>
      (rules ?? []).filter(({ satisfied }) => !satisfied).map(({ rule }) => rule)
    expect(unsatisfied(view?.before.rules ?? null)).toEqual(['region'])
    expect(unsatisfied(view?.after.rules ?? null)).toEqual([])
    expect(steps.map(({ action }) => action)).toContain('open')
  })
})

describe('a count over the whole matrix', () => {
  it('adds up to what the pages say, and names who newly gets in', async () => {
    const question = ask({ target: tried.target(wider), people: {} })
    const job = await tried.simulations.countMatrix(question)
    await tried.simulations.counts.ended(job.id)
    const { cells, people: rows, machines: columns } = await whole(question)
    const flat = cells.flat()
    const many = (belongs: (cell: MatrixCell) => boolean): number => flat.filter(belongs).length
    expect(job.progress).toMatchObject({
      state: 'done',
      failure: null,
      done: rows.length * columns.length,
      total: rows.length * columns.length,
    })
    expect(job.counts).toEqual({
      see: many(({ see }) => see),
      ask: many((cell) => cell.ask),
      open: many(({ open }) => open),
      wider: many(({ changed }) => changed === 'wider'),
      narrower: 0,
      limits: 0,
    })
    expect(job.wider.length).toBe(Math.min(100, job.counts.wider))
  })

  it('can be cancelled, and is not kept for ever', async () => {
    const jobs = await Promise.all([1, 2].map(() => tried.simulations.countMatrix(ask({ people: {} }))))
    await expect(tried.simulations.countMatrix(ask())).rejects.toMatchObject({ code: 'too_many_simulations' })
    for (const { id } of jobs) tried.simulations.counts.cancel(id)
    for (const { id } of jobs) await tried.simulations.counts.ended(id)
    expect(jobs.map(({ progress }) => progress.state)).toEqual(['cancelled', 'cancelled'])
    for (let more = 0; more < 6; more += 1) {
      const { id } = await tried.simulations.countMatrix(ask({ people: { ids: [] }, upTo: 'view' }))
      await tried.simulations.counts.ended(id)
    }
    expect(() => tried.simulations.counts.get(jobs[0]?.id ?? '')).toThrow(
      expect.objectContaining({ code: 'matrix_count_unknown', remedy: 'not_found' }),
    )
  })
})
