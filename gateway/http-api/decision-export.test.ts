import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DecisionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { AccessAction, DecisionInput } from '../decisions/decision-input.ts'
import { exampleDecisionInput } from '../decisions/example-decision-input.ts'
import type { OpaDecisionEvent } from '../decisions/export/opa-decision-event.ts'
import { policyErrorResult } from '../decisions/policy-error.ts'
import { findOpa } from '../policies-admin/find-opa.ts'
import { policyFiles } from '../policies-admin/policy-files.ts'
import { organisationId } from '../storage/testing/example-records.ts'
import type { DecisionRules } from './contract/decision-answers.ts'
import { apiWorld, portalOrigin, type ApiWorld } from './testing/api-world.ts'
import { presentDecisionRules } from './views/present-decision.ts'

const run = promisify(execFile)
const projectDir = fileURLToPath(new URL('../..', import.meta.url))

let world: ApiWorld
beforeAll(async () => {
  world = await apiWorld()
  const { technician } = exampleDecisionInput()
  const ask = (action: AccessAction, change: Partial<DecisionInput['technician']> = {}): DecisionInput =>
    exampleDecisionInput({ action, technician: { ...technician, ...change } })
  const many = Array.from({ length: 60 }, (_, n) => ask('request', { permissions: [], name: `Mia ${n}` }))
  await world.decisions.decideMany([ask('use'), ask('view', { regions: ['elsewhere'] }), ...many])
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

const get = (query: string, headers = {}) => world.send('auditor', { method: 'GET', url: `/api/v1/decisions${query}`, headers })
const eventsOf = (body: string): OpaDecisionEvent[] =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as OpaDecisionEvent)
const recorded = async (type: 'decisions.unmasked' | 'decisions.exported') =>
  (await world.storage.events.list(wholeInstallation, { organisation: organisationId('north'), type }, { limit: 50, after: null })).items

describe('the export of decisions', () => {
  it('gives every decision as an event of OPA’s decision log, oldest first, without what names a person', async () => {
    const answer = await get('/export')
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/x-ndjson'])
    const events = eventsOf(answer.body)
    expect(events.length).toBe(62)
    expect(events[0]).toMatchObject({
      labels: { app: 'sallyport', id: new URL(portalOrigin).host },
      decision_id: expect.stringMatching(/^dec_[0-9a-f]{32}$/) as string,
      bundles: { sallyport: { revision: world.decisions.revision } },
      path: 'sallyport/access/decision',
      masked: ['/input/technician/name', '/input/approval/operator', '/input/session/purpose', '/input/context/ip'],
      timestamp: new Date(world.clock.nowMs()).toISOString(),
      metrics: { timer_rego_query_eval_ns: expect.any(Number) as number },
    })
    expect(events[0]).not.toHaveProperty('requested_by')
    expect(answer.body).not.toMatch(/Mia|Olga|Feeder/)
    expect((await recorded('decisions.exported')).length).toBe(1)
  })

  it('names people where the reader asks for it, and records who did', async () => {
    const [event] = eventsOf((await get('/export?personal=shown&action=use')).body)
    expect(event).toMatchObject({ requested_by: '127.0.0.1', input: { technician: { name: 'Mia Sommer' } } })
    expect(event).not.toHaveProperty('masked')
    expect((await recorded('decisions.exported')).at(-1) ?? {}).toMatchObject({
      actor: { kind: 'administrator', id: world.people.auditor.id },
    })
    const shown = (await recorded('decisions.exported')).filter(({ detail }) => detail['personal'] === 'shown')
    expect(shown.map(({ detail }) => detail['filter'])).toEqual([{ action: 'use', until: world.clock.nowMs() + 1 }])
  })

  it('is packed where the reader takes that, and bounded by the same filters as the list', async () => {
    const packed = await get('/export?allow=false&code=outside_region', { 'accept-encoding': 'br, gzip' })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(eventsOf(gunzipSync(packed.rawPayload).toString()).map(({ result }) => result.allow)).toEqual([false])
    expect((await get('/export', { 'accept-encoding': 'gzip;q=0' })).headers).not.toHaveProperty('content-encoding')
    expect((await get(`/export?until_ms=${world.clock.nowMs()}`)).body).toBe('')
    const wrong = await get('/export?unti_ms=1')
    expect([wrong.statusCode, wrong.body.includes('unti_ms')]).toEqual([400, true])
  })

  it('is read by OPA: as data, and each input gives the logged result again', { timeout: 60_000 }, async () => {
    const events = eventsOf((await get('/export')).body)
    const folder = await mkdtemp(join(tmpdir(), 'decision-export-'))
    try {
      await writeFile(join(folder, 'log.json'), JSON.stringify({ log: events }))
      const query = `{
        "denied": count([1 | some e in data.log; not e.result.allow]),
        "parsed": count([1 | some e in data.log; time.parse_rfc3339_ns(e.timestamp) > 0]),
        "again": [e.decision_id | some e in data.log; asked := e.input; r := data.sallyport.access.decision with input as asked; r.allow == e.result.allow; {d.code | some d in r.denials} == {d.code | some d in e.result.denials}],
      }`
      const policiesDir = join(projectDir, 'policies')
      const { sources, data } = policyFiles(policiesDir)
      const files = [...sources, ...data, join(folder, 'log.json')].flatMap((name) => ['-d', name])
      const opa = findOpa({ environment: process.env, projectDir })
      const { stdout } = await run(opa, ['eval', '--format=values', ...files, query], { cwd: policiesDir })
      const [answer] = JSON.parse(stdout) as [{ denied: number; parsed: number; again: string[] }]
      expect(answer).toMatchObject({ denied: 61, parsed: 62 })
      expect(answer.again.toSorted()).toEqual(events.map((event) => event.decision_id).toSorted())
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('is served to four readers at once, and the next one is told to wait', async () => {
    const enough = Promise.withResolvers<void>()
    const { walk } = world.storage.decisionLog
    const walking = vi.spyOn(world.storage.decisionLog, 'walk').mockImplementation(async (...asked) => {
      await enough.promise
      return walk(...asked)
    })
    try {
      const served = Array.from({ length: 4 }, () => get('/export'))
      await expect.poll(() => walking.mock.calls.length).toBe(4)
      const refused = await get('/export')
      expect([refused.statusCode, refused.headers['retry-after'], refused.json<{ code: string }>().code]).toEqual([
        429,
        expect.stringMatching(/^[1-9]\d*$/) as string,
        'too_many_exports',
      ])
      enough.resolve()
      for (const answer of await Promise.all(served)) expect(eventsOf(answer.body).length).toBe(62)
    } finally {
      enough.resolve()
      walking.mockRestore()
    }
    await expect.poll(async () => (await get('/export')).statusCode).toBe(200)
  })
})

describe('the list of decisions', () => {
  it('hides names until they are asked for, and records who asked', async () => {
    const { items } = (await get('?limit=1&action=use')).json<{ items: { id: string; person: { name: string | null } }[] }>()
    expect(items[0]?.person).toEqual({ id: exampleDecisionInput().technician.id, name: null })
    const id = items[0]?.id ?? ''
    const hidden = (await get(`/${id}`)).json<{ masked: string[]; reasons: Record<string, unknown> }>()
    expect([hidden.masked.length, Object.keys(hidden.reasons).includes('outside_region')]).toEqual([4, true])
    expect(await recorded('decisions.unmasked')).toEqual([])
    const shown = (await get(`/${id}?personal=shown`)).json<{ person: { name: string } }>()
    expect(shown.person.name).toBe('Mia Sommer')
    await get('?personal=shown&search=mia')
    expect((await recorded('decisions.unmasked')).map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([{ decision: id }, { filter: { search: 'mia' } }]),
    )
  })

  it('shows which rules decided, by the revision that did, and where they are written', async () => {
    const { items } = (await get('?limit=1&action=view')).json<{ items: { id: string }[] }>()
    const answer = await get(`/${items[0]?.id}/rules`)
    const { rules, ...rest } = answer.json<DecisionRules>()
    expect([answer.statusCode, rest]).toEqual([200, { revision: world.decisions.revision, kept: true, same: true }])
    expect(rules?.map(({ rule, satisfied }) => [rule, satisfied])).toEqual([
      ['account', true],
      ['permission', true],
      ['region', false],
      ['training', true],
    ])
    const region = rules?.find(({ rule }) => rule === 'region')
    expect(region).toMatchObject({ denials: [{ code: 'outside_region' }], place: { path: 'rules/region.rego' } })
    const { sources } = policyFiles(join(projectDir, 'policies'))
    expect(sources).toContain(region?.place?.path)
  })

  it('says where a decision cannot be explained: its revision is not kept, or something else than the rules decided', async () => {
    const { input, result } =
      (await world.storage.decisionLog.list(wholeInstallation, { action: 'use' }, { limit: 1 })).items[0] ?? unknown()
    const made = { input, cached: false, durationUs: 1, evaluatedAt: world.clock.nowMs() }
    const foreign = { ...made, id: `dec_${'a'.repeat(32)}` as DecisionId, result, revision: `sha256:${'0'.repeat(64)}` }
    const late = {
      ...made,
      id: `dec_${'b'.repeat(32)}` as DecisionId,
      result: policyErrorResult('timeout', 1),
      revision: world.decisions.revision,
    }
    await world.storage.decisionLog.appendMany([foreign, late])
    expect((await get(`/${foreign.id}/rules`)).json()).toEqual({ revision: foreign.revision, rules: null, kept: false, same: false })
    expect((await get(`/${late.id}/rules`)).json()).toMatchObject({ kept: true, same: false })
  })

  it('hides a message of a rule that may name somebody', async () => {
    const region = { rule: 'region', satisfied: false, missing: [], changesAt: [] }
    const [record] = (await world.storage.decisionLog.list(wholeInstallation, { action: 'use' }, { limit: 1 })).items
    const denials = [
      { code: 'outside_region', message: `${record?.input.technician.name} is elsewhere.` },
      { code: 'closed', message: 'It is closed.' },
    ]
    const again = { revision: '', result: (record ?? unknown()).result, rules: [{ ...region, denials }] }
    const shown = presentDecisionRules({ record: record ?? unknown(), explanation: { again, same: true }, sources: {} })
    expect(shown.rules?.[0]?.denials.map(({ message }) => message)).toEqual(['', 'It is closed.'])
  })
})

const unknown = (): never => {
  throw new Error('nothing was logged')
}
