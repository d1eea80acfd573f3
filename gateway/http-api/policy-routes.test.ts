import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policySources } from '../policies-admin/policy-files.ts'
import { health, policyStatus } from './contract/policy-activation.ts'
import { revisionDetail, revisionSummary } from './contract/policy-revisions.ts'
import { apiWorld, type Actor, type ApiWorld } from './testing/api-world.ts'

const shipped = policySources(fileURLToPath(new URL('../../policies', import.meta.url)))
let world: ApiWorld
beforeAll(async () => {
  world = await apiWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const call = async (who: Actor, method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
  const answer = await world.send(who, { method, url: `/api/v1/policy/${path}`, ...(payload === undefined ? {} : { payload }) })
  return { status: answer.statusCode, body: answer.json() }
}
const active = async (): Promise<string> => (await call('auditor', 'GET', 'status')).body.active.revision
const [author, other] = ['security team', 'other of the security team'] as const

// The compiler is a program of its own, and waits where others use the machine too.
describe('a policy', { timeout: 180_000 }, () => {
  it('goes from its files to the one that decides, by two persons, and back by one', async () => {
    const before = await active()
    const sources = { ...shipped, 'rules/remark.rego': 'package sallyport.remark\n\nremark := true\n' }
    const submitted = await call(author, 'POST', 'revisions', { sources, comment: 'A remark', parent: before })
    expect(submitted.status).toBe(201)
    const { revision, state, tests } = revisionSummary.parse(submitted.body)
    expect([state, tests.failed]).toEqual(['submitted', 0])
    expect((await call(other, 'POST', 'revisions', { sources, comment: 'Once more' })).status).toBe(200)

    const review = { verdict: 'approved', comment: 'Looked at it', expected_active: before }
    expect(await call(author, 'POST', `revisions/${revision}/reviews`, review)).toMatchObject({
      status: 403,
      body: { code: 'author_cannot_review' },
    })
    const activation = { expected_active: before, comment: 'As reviewed' }
    expect(await call(author, 'POST', `revisions/${revision}/activate`, activation)).toMatchObject({
      status: 403,
      body: { code: 'second_person_needed' },
    })
    const line = { path: 'rules/remark.rego', line: 3, text: 'Why?' }
    expect((await call(other, 'POST', `revisions/${revision}/comments`, line)).status).toBe(201)
    expect((await call(other, 'POST', `revisions/${revision}/reviews`, review)).status).toBe(201)
    expect(await call(author, 'POST', `revisions/${revision}/activate`, activation)).toMatchObject({
      status: 200,
      body: { sequence: 2, ended_sessions: 0 },
    })
    expect([await active(), world.decisions.revision]).toEqual([revision, revision])
    const [node, ...others] = policyStatus.parse((await call('auditor', 'GET', 'status')).body).serving
    expect([others, node?.points.map(({ kind }) => kind)]).toEqual([[], ['main', 'worker', 'worker']])
    expect(new Set(node?.points.map((point) => point.revision))).toEqual(new Set([revision]))
    expect((await call('auditor', 'GET', 'activations')).body.items[0].impact).toMatchObject({
      sessions: { judged: 0, ending: 0, named: [] },
    })

    const detail = revisionDetail.parse((await call('auditor', 'GET', `revisions/${revision}`)).body)
    expect(detail).toMatchObject({ state: 'active', reviews: [{ verdict: 'approved' }], comments: [line], activations: [{ sequence: 2 }] })
    expect((await call('auditor', 'GET', `revisions/${revision}/files`)).body.files['rules/remark.rego']).toContain('remark := true')

    const { results } = detail
    expect(results?.tests.all?.length).toBe(tests.passed)
    expect(results?.tests.all?.every(({ passed, duration_us }) => passed && duration_us > 0)).toBe(true)
    expect(await call(author, 'POST', `revisions/${revision}/tests`)).toMatchObject({ status: 200, body: { revision, tests } })

    const back = { expected_active: revision, comment: 'Not what we meant' }
    expect(await call(other, 'POST', 'rollback', back)).toMatchObject({ status: 200, body: { sequence: 3, revision: before } })
    expect(await call(other, 'POST', 'rollback', back)).toMatchObject({ status: 409, body: { code: 'stale_version' } })
    expect((await call('auditor', 'GET', 'activations')).body.items.map(({ kind }: { kind: string }) => kind)).toEqual([
      'roll_back',
      'activate',
      'first',
    ])
  })

  it('that does not fit its contract is refused with file and line', async () => {
    const sources = { ...shipped, 'rules/wrong.rego': 'package sallyport.wrong\n\nanswer := http.send({})\n' }
    const refused = await call(author, 'POST', 'revisions', { sources, comment: 'Out into the net' })
    expect(refused).toMatchObject({ status: 400, body: { code: 'policy_refused', problems: [{ path: 'rules/wrong.rego:3' }] } })
  })
})

it('settings that become looser wait for a second person', async () => {
  const looser = { coverage_percent: 10, denied_percent: 50, comment: 'For the trial' }
  expect(await call(author, 'PUT', 'settings', looser)).toMatchObject({ status: 202, body: { waiting: { what: 'settings' } } })
  expect(policyStatus.parse((await call(other, 'GET', 'status')).body)).toMatchObject({
    waiting: [{ settings: { coverage_percent: 10 } }],
    settings: { four_eyes: true, coverage_percent: 80 },
  })
  expect(await call(other, 'PUT', 'settings', looser)).toMatchObject({ status: 200, body: { settings: { coverage_percent: 10 } } })
})

it('a body of 8 MiB is the most', async () => {
  const body = (bytes: number) => ({ sources: { 'rules/x.rego': '#'.repeat(bytes) }, comment: 'Big' })
  expect((await call(author, 'POST', 'revisions', body(8 * 1024 * 1024))).status).toBe(413)
  expect(await call(author, 'POST', 'revisions', body(3 * 1024 * 1024))).toMatchObject({ status: 400, body: { code: 'policy_too_big' } })
})

it('health tells anybody whether it can decide, and alarms by their code alone', async () => {
  const ask = async () => {
    const answer = await world.send('nobody', { method: 'GET', url: '/health' })
    return [answer.statusCode, health.parse(answer.json())] as const
  }
  expect(await ask()).toEqual([200, { status: 'ok', policy: { deciding: true, alarms: [] } }])
  const { active: decides } = world.policies
  world.policies.alarms = [{ code: 'policy_older', message: 'names something', since: 1 }]
  expect(await ask()).toEqual([200, { status: 'degraded', policy: { deciding: true, alarms: ['policy_older'] } }])
  world.policies.active = null
  expect(await ask()).toEqual([503, { status: 'closed', policy: { deciding: false, alarms: ['policy_older'] } }])
  world.policies.active = decides
  world.policies.alarms = []
})
