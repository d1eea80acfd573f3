import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeviceId, PersonId, ServiceName } from '../basics/ids.ts'
import type { Device } from '../devices/device.ts'
import type { Person } from '../people/person.ts'
import { exampleDevice, examplePerson } from '../storage/testing/example-records.ts'
import type { EncounterQuestion } from './answer-question.ts'
import { withChanges, type FactChange } from './questions/fact-changes.ts'
import { walk, type Encounter } from './questions/access-steps.ts'
import type { AskedPolicy } from './questions/asked-policy.ts'
import { deciderOf } from './testing/logged-decisions.ts'
import { storePopulation } from './testing/population.ts'
import { simulationWorld, type SimulationWorld } from './testing/simulation-world.ts'
import { changedPolicy } from './testing/tried-policies.ts'

let tried: SimulationWorld
let people: readonly Person[]
let machines: readonly Device[]
const ssh = { name: 'shell', kind: 'ssh', title: 'Shell', enabled: true } as const
const novice = examplePerson('novice', { regions: ['south'], permissions: [], trainings: [], undertaking: null })
const expert = examplePerson('expert', {
  permissions: ['remote_access', 'service_http', 'service_ssh'],
  undertaking: { version: '2026-11', acceptedAt: 1 },
})
const press = exampleDevice('press-7', {
  services: [{ name: 'hmi', kind: 'http', title: 'HMI', enabled: true }, ssh],
  switches: { shell: false },
})

beforeAll(async () => {
  tried = await simulationWorld()
  const { storage } = tried.world
  ;({ people, machines } = await storePopulation(storage, { people: 4, machines: 4, seed: 3 }))
  for (const person of [novice, expert]) await storage.people.insert(person, [])
  await storage.devices.insert(press, [])
})
afterAll(() => tried[Symbol.asyncDispose]())

const question = (change: Partial<EncounterQuestion> = {}): EncounterQuestion => ({
  target: null,
  person: novice.id,
  machine: press.id,
  service: 'hmi' as ServiceName,
  upTo: 'open',
  approved: true,
  methods: ['pwd'],
  durationS: 60,
  ...change,
})

describe('why', () => {
  it('says every reason at each step, with the rules that they come from', async () => {
    const { allowed, steps, revision } = await tried.simulations.why(question())
    expect({ allowed, revision }).toEqual({ allowed: false, revision: tried.world.policy.revision })
    expect(steps.map(({ action, service }) => [action, service])).toEqual([
      ['view', null],
      ['request', 'hmi'],
      ['open', 'hmi'],
    ])
    const against = steps.map(({ decision }) => decision.rules?.filter(({ satisfied }) => !satisfied).map(({ rule }) => rule))
    expect(against).toEqual([
      ['permission', 'region', 'training'],
      ['permission', 'region', 'training', 'undertaking'],
      ['permission', 'region', 'training', 'undertaking'],
    ])
  })

  it('is allowed where one service can be opened, and not without the approval', async () => {
    expect(await tried.simulations.why(question({ person: expert.id, service: null }))).toMatchObject({ allowed: true })
    expect(await tried.simulations.why(question({ person: expert.id, service: 'shell' as ServiceName }))).toMatchObject({ allowed: false })
    const { allowed, steps } = await tried.simulations.why(question({ person: expert.id, approved: false }))
    expect(allowed).toBe(false)
    expect(steps.at(-1)?.decision.result.denials.map(({ code }) => code)).toEqual(['no_approval'])
  })

  it('names who or what there is not', async () => {
    await expect(tried.simulations.why(question({ person: `per_${'0'.repeat(32)}` as PersonId }))).rejects.toMatchObject({
      code: 'person_unknown',
    })
    await expect(tried.simulations.why(question({ machine: 'none' as DeviceId }))).rejects.toMatchObject({ code: 'device_unknown' })
  })
})

describe('who', () => {
  it('finds exactly those who are let in, page by page, with their services', async () => {
    const found = new Map<string, readonly string[]>()
    const { person: _, ...asked } = question({ service: null })
    let judged = 0
    for (let after: string | null = null; ;) {
      const page: Awaited<ReturnType<typeof tried.simulations.who>> = await tried.simulations.who({ ...asked, limit: 5, after })
      for (const { person, services } of page.people) found.set(person.id, services)
      judged += page.judged
      after = page.next
      if (after === null) break
    }
    for (const person of [...people, novice, expert]) {
      const { allowed } = await tried.simulations.why(question({ person: person.id, service: null }))
      expect(found.has(person.id), person.name).toBe(allowed)
    }
    expect(found.get(expert.id)).toEqual(['hmi'])
    expect(judged).toBeGreaterThan(people.length)
  })
})

/** Every set but the whole one. */
const lesser = (changes: readonly FactChange[]): FactChange[][] =>
  Array.from({ length: 2 ** changes.length - 1 }, (_, mask) => changes.filter((_change, index) => (mask >> index) % 2 === 1))

describe('what would', () => {
  it('lists everything that a novice lacks as one way', async () => {
    const { allowed, ways, complete } = await tried.simulations.whatWould(question())
    expect({ allowed, complete }).toEqual({ allowed: false, complete: true })
    expect(ways).toEqual([
      {
        service: 'hmi',
        changes: [
          { kind: 'grant_region', value: 'north' },
          { kind: 'grant_permission', value: 'remote_access' },
          { kind: 'grant_permission', value: 'service_http' },
          { kind: 'record_training', value: 'press', level: 1 },
          { kind: 'sign_undertaking', value: '2026-11' },
        ],
      },
    ])
  })

  it('says that nothing needs to change, or that nothing would help', async () => {
    expect(await tried.simulations.whatWould(question({ person: expert.id }))).toMatchObject({ allowed: true, ways: [] })
    const never = await changedPolicy({ 'rules/region.rego': 'package sallyport.rules.region\n\ndefault satisfied := false\n' })
    expect(await tried.simulations.whatWould(question({ target: tried.target(never) }))).toMatchObject({ allowed: false, ways: [] })
  })

  it('finds the press at the machine, the switch, a second factor and the hour at which a site opens', async () => {
    const changes = async (change: Partial<EncounterQuestion>): Promise<unknown[]> =>
      (await tried.simulations.whatWould(question({ person: expert.id, ...change }))).ways.map((way) => way.changes)
    expect(await changes({ approved: false })).toEqual([[{ kind: 'approve' }]])
    expect(await changes({ service: 'shell' as ServiceName })).toEqual([[{ kind: 'switch_on', value: 'shell' }]])
    const strict = {
      requirements: {
        training: { default_level: 1, level: {} },
        contract_on_record: false,
        authentication: { always: ['otp'], service_kind: { http: [], vnc: [], ssh: [], tcp: [] } },
      },
    }
    const secondFactor = await changedPolicy({ 'data/requirements.json': JSON.stringify(strict) })
    expect(await changes({ target: tried.target(secondFactor) })).toEqual([[{ kind: 'step_up', methods: ['pwd', 'otp', 'hwk', 'mfa'] }]])
    // It is 07:00 in Berlin.
    const hours =
      'package sallyport.rules.session\n\ndefault satisfied := false\n\nsatisfied if {\n\tinput.session.id != ""\n\tinput.time.local.hour >= 8\n}\n'
    const openingHours = await changedPolicy({ 'rules/session.rego': hours })
    const nowS = tried.world.clock.nowS()
    expect(await changes({ target: tried.target(openingHours) })).toEqual([[{ kind: 'wait_until', value: nowS - (nowS % 3_600) + 3_600 }]])
  })

  it('finds changes that only help together, though none does anything alone', async () => {
    const both = `package sallyport.rules.region

default satisfied := false

satisfied if {
	input.device.region in input.technician.regions
	"service_tcp" in input.technician.permissions
}

denials contains {"code": "outside_region", "message": "Both are needed."} if not satisfied
`
    const target = tried.target(await changedPolicy({ 'rules/region.rego': both }))
    const elsewhere = examplePerson('elsewhere', { regions: [], permissions: expert.permissions, undertaking: expert.undertaking })
    await tried.world.storage.people.insert(elsewhere, [])
    const { ways, complete } = await tried.simulations.whatWould(question({ target, person: elsewhere.id }))
    expect(ways).toEqual([
      {
        service: 'hmi',
        changes: [
          { kind: 'grant_region', value: 'north' },
          { kind: 'grant_permission', value: 'service_tcp' },
        ],
      },
    ])
    expect(complete).toBe(false)
  })

  it('answers only what really lets her in, and nothing of it can be left out', async () => {
    const { policy, room, clock } = tried.world
    const decide = await deciderOf(policy)
    const live: AskedPolicy = { revision: policy.revision, decide, decideWritten: (_, input) => decide(input), explain: async () => null }
    const letsIn = async (encounter: Encounter, service: ServiceName | null): Promise<boolean> => {
      const last = (await walk(live, encounter, service, 'open')).at(-1)
      return last?.action === 'open' && last.result.allow
    }
    const seen = { ways: 0, changes: new Set<string>() }
    for (const [index, person] of people.entries()) {
      const device = machines[index] as Device
      const answer = await tried.simulations.whatWould(question({ person: person.id, machine: device.id, service: null, approved: false }))
      const asker = {
        person,
        organisationName: await room.organisationName(person.organisationId),
        authentication: { methods: ['pwd'], time: clock.nowS() },
        address: null,
      }
      const deviceOrganisationName = await room.organisationName(device.organisationId)
      const encounter: Encounter = { asker, device, deviceOrganisationName, nowS: clock.nowS(), durationS: 60, approved: false }
      if (answer.ways.length === 0) expect(device.status).toBe('revoked')
      for (const { service, changes } of answer.ways) {
        seen.ways += 1
        for (const { kind } of changes) seen.changes.add(kind)
        expect(await letsIn(withChanges(encounter, changes), service), JSON.stringify(changes)).toBe(true)
        for (const fewer of lesser(changes)) expect(await letsIn(withChanges(encounter, fewer), service), JSON.stringify(fewer)).toBe(false)
      }
    }
    expect(seen.ways).toBeGreaterThan(2)
    expect(seen.changes.size).toBeGreaterThan(4)
  }, 60_000)

  it('lets her in at the portal, once it is done', async () => {
    const [way] = (await tried.simulations.whatWould(question())).ways
    const { storage } = tried.world
    const done = withChanges(
      {
        asker: { person: novice, organisationName: '', authentication: { methods: ['pwd'], time: 0 }, address: null },
        device: press,
        deviceOrganisationName: '',
        nowS: tried.world.clock.nowS(),
        durationS: 60,
        approved: true,
      },
      way?.changes ?? [],
    ).asker.person
    await storage.people.update({ kind: 'installation' }, { ...done, version: 2 }, [])
    expect(await tried.simulations.why(question())).toMatchObject({ allowed: true })
    await storage.people.update({ kind: 'installation' }, { ...novice, version: 3 }, [])
  })
})
