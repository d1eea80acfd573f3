import { describe, expect, it } from 'vitest'
import { personId } from '../storage/testing/example-records.ts'
import { hmi } from '../sessions/testing/sessions-world.ts'
import { simulationWorld } from './testing/simulation-world.ts'
import { changedPolicy } from './testing/tried-policies.ts'

const southOnly = `package sallyport.rules.region

default satisfied := false

satisfied if input.device.region == "south"

denials contains {"code": "outside_region", "message": "Only in the south."} if not satisfied
`

describe('the impact of an activation', () => {
  it('names the sessions that it ends, with their reasons, and they are those that end', async () => {
    await using tried = await simulationWorld()
    const { world, simulations } = tried
    const id = await world.approved()
    const policy = await changedPolicy({ 'rules/region.rego': southOnly })
    const impact = await simulations.impactOf(policy)
    expect(impact.judged).toBe(1)
    expect(impact.ending).toMatchObject([
      {
        session: { id },
        person: { id: personId('Tom'), name: 'Tom' },
        device: { id: world.machine.id, name: 'Press machine' },
        denials: [{ code: 'outside_region', message: 'Only in the south.' }],
      },
    ])
    expect(impact.limitsChanged).toEqual([])
    expect(await world.stored(id)).toMatchObject({ state: 'approved' })
    await world.decisions.activate(policy)
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'policy', endCodes: ['outside_region'] })
  })

  it('tells no word into which a rule put what is hidden of a session, in whatever disguise', async () => {
    await using tried = await simulationWorld()
    await tried.world.approved()
    const telling = `package sallyport.rules.region

default satisfied := false

denials contains {"code": "outside_region", "message": message} if some message in [base64.encode(input.technician.name), "Plain."]
`
    const { ending } = await tried.simulations.impactOf(await changedPolicy({ 'rules/region.rego': telling }))
    const denials = ending[0]?.denials.map(({ code, message }) => `${code}: ${message}`)
    expect(new Set(denials)).toEqual(new Set(['outside_region: ', 'outside_region: Plain.']))
  })

  it('says it in the words of the policy that would decide, also where its code is new', async () => {
    await using tried = await simulationWorld()
    await tried.world.approved()
    const text = (reason: string) => ({ granted_by: 'nobody', de: { reason, remedy: 'Gar nicht.' }, en: { reason, remedy: 'By nothing.' } })
    const worded = `package sallyport.rules.region

default satisfied := false

# METADATA
# custom:
#   reasons:
#     outside_region: ${JSON.stringify(text('The south it has to be.'))}
#     too_far_north: ${JSON.stringify(text('It is too far in the north.'))}
denials contains {"code": code, "message": ""} if some code in ["outside_region", "too_far_north"]
`
    const target = tried.target(await changedPolicy({ 'rules/region.rego': worded }))
    const { sessions, texts } = await tried.simulations.impact(target)
    expect(sessions.ending[0]?.denials.map(({ code }) => code)).toEqual(['outside_region', 'too_far_north'])
    expect(texts).toEqual({ outside_region: text('The south it has to be.'), too_far_north: text('It is too far in the north.') })
  })

  it('is nothing for the active revision, and for one that changes nothing for what is open', async () => {
    await using tried = await simulationWorld()
    const id = await tried.world.approved()
    for (const policy of [
      tried.world.policy,
      await changedPolicy({ 'rules/extension.rego': 'package sallyport.rules.extension\n\ndefault satisfied := false\n' }),
    ]) {
      expect(await tried.simulations.impactOf(policy)).toEqual({ judged: 1, ending: [], limitsChanged: [] })
      await tried.world.decisions.activate(policy)
      await tried.world.settle()
      expect(await tried.world.stored(id)).toMatchObject({ state: 'approved' })
    }
  })

  it('tells sessions that go on under other limits', async () => {
    await using tried = await simulationWorld()
    const id = await tried.world.approved()
    const rules = { request_rules: { product_line: { press: [{ effect: 'deny', methods: ['POST'], path: '/setup/*' }] } } }
    const impact = await tried.simulations.impactOf(await changedPolicy({ 'data/request_rules.json': JSON.stringify(rules) }))
    expect(impact.ending).toEqual([])
    expect(impact.limitsChanged).toMatchObject([
      { session: { id }, service: hmi, before: { request_rules: [] }, after: { request_rules: [{ path: '/setup/*' }] } },
    ])
  })

  it('asks about a session that still waits for its approval as such', async () => {
    await using tried = await simulationWorld()
    const { id } = await tried.world.ask()
    const policy = await changedPolicy({ 'rules/region.rego': southOnly })
    expect((await tried.simulations.impactOf(policy)).ending.map(({ session }) => session.id)).toEqual([id])
  })

  it('comes with the share of the last day for a target that is named', async () => {
    await using tried = await simulationWorld()
    const target = tried.target(await changedPolicy({ 'rules/region.rego': southOnly }))
    expect(await tried.simulations.impact(target)).toEqual({
      revision: target.revision,
      sessions: { judged: 0, ending: [], limitsChanged: [] },
      share: { allowed: 0, wouldBeDenied: 0, percent: 0 },
      texts: {},
    })
    await expect(tried.simulations.impact({ revision: 'sha256:none' })).rejects.toMatchObject({ code: 'revision_unknown' })
  })
})
