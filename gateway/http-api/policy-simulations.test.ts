import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  AskAnswer,
  CellAnswer,
  Impact,
  MatrixCount,
  MatrixPage,
  Replay,
  ReplayChangeDetail,
  ReplayChangePage,
} from './contract/policy-simulations.ts'
import { apiWorld, type ApiWorld } from './testing/api-world.ts'

let world: ApiWorld
let target: { readonly revision: string }
beforeAll(async () => {
  world = await apiWorld()
  target = { revision: world.decisions.revision }
})
afterAll(() => world[Symbol.asyncDispose]())

async function post<Answer>(path: string, payload: object, status = 200): Promise<Answer> {
  const response = await world.send('security team', { method: 'POST', url: `/api/v1/policy/${path}`, payload })
  expect(response.statusCode, response.body).toBe(status)
  return response.json()
}
async function get<Answer>(path: string): Promise<Answer> {
  const response = await world.send('auditor', { method: 'GET', url: `/api/v1/policy/${path}` })
  expect(response.statusCode, response.body).toBe(200)
  return response.json()
}
const person = (name: 'technician' | 'technician elsewhere'): string => world.people[name].id

describe('matrix, replay, impact and questions over the API', () => {
  it('shows who could see, ask and open', async () => {
    const ids = [person('technician'), person('technician elsewhere')]
    const page = await post<MatrixPage>('matrix', { target, people: { ids } })
    expect(page.people.map(({ id }) => id)).toEqual(ids)
    expect(page.machines.map(({ id }) => id)).toEqual(['press-1', 'press-2'])
    const open = { see: true, ask: true, open: true, changed: null, codes: [] }
    const hidden = { see: false, ask: false, open: false, changed: null, codes: ['outside_region'] }
    expect(page.cells).toEqual([
      [open, hidden],
      [hidden, open],
    ])
    expect(page).toMatchObject({
      totals: { wider: 0, narrower: 0, limits: 0 },
      assumed: { duration_s: 60 },
      next: { people: null, machines: null },
    })
    const right = await post<MatrixPage>('matrix', { target, people: { ids }, limit: { people: 1, machines: 1 } })
    const after = { people: null, machines: right.next.machines }
    const next = await post<MatrixPage>('matrix', { target, people: { ids }, limit: { people: 1, machines: 1 }, after })
    expect([right, next].map(({ machines }) => machines.map(({ id }) => id))).toEqual([['press-1'], ['press-2']])
  })

  it('says why, with the rules of both revisions', async () => {
    const cell = await post<CellAnswer>('matrix/cell', { target, person: person('technician'), machine: 'press-2' })
    expect(cell.cell).toMatchObject({ see: false, changed: null })
    expect(cell.steps[0]).toMatchObject({ action: 'view', before: { allow: false }, after: { allow: false }, changed: null })
    expect(cell.steps[0]?.after.rules?.find(({ rule }) => rule === 'region')).toMatchObject({
      satisfied: false,
      denials: [{ code: 'outside_region' }],
    })
  })

  it('counts the whole in the background', async () => {
    const { id } = await post<MatrixCount>('matrix/counts', { target }, 202)
    await expect.poll(async () => (await get<MatrixCount>(`matrix/counts/${id}`)).state).toBe('done')
    expect(await get<MatrixCount>(`matrix/counts/${id}`)).toMatchObject({ counts: { wider: 0 }, failure: null })
    const cancelled = await world.send('security team', { method: 'DELETE', url: `/api/v1/policy/matrix/counts/${id}` })
    expect(cancelled.statusCode).toBe(204)
  })

  it('replays what was logged, and lists nothing where nothing changes', async () => {
    await world.send('technician', { method: 'GET', url: '/api/v1/machines' })
    const { id, state } = await post<Replay>('replays', { target }, 202)
    expect(state).toBe('running')
    await expect.poll(async () => (await get<Replay>(`replays/${id}`)).state).toBe('done')
    const done = await get<Replay>(`replays/${id}`)
    expect(done.counts).toMatchObject({ newly_allowed: 0, newly_denied: 0, errors: 0 })
    expect(done.counts.same).toBeGreaterThan(0)
    expect(done.remarks).toContain('cache_hits_are_not_logged')
    expect(await get<ReplayChangePage>(`replays/${id}/changes`)).toEqual({ items: [], next: null })
    const unknown = await world.send('auditor', { method: 'GET', url: `/api/v1/policy/replays/${id}/changes/dec_${'0'.repeat(32)}` })
    expect(unknown.json()).toMatchObject({ status: 404, code: 'change_unknown' })
  })

  it('shows what a draft would change before it is a revision: in the matrix, in the replay, with a trace', async () => {
    const draft = await post<{ id: string }>('drafts', { name: 'Everywhere' }, 201)
    const url = `/api/v1/policy/drafts/${draft.id}/file?path=rules/region.rego`
    const { version } = (await world.send('security team', { method: 'GET', url })).json<{ version: number }>()
    const text = 'package sallyport.rules.region\n\ndefault satisfied := true\n'
    expect((await world.send('security team', { method: 'PUT', url, payload: { text, version } })).statusCode).toBe(200)
    const page = await post<MatrixPage>('matrix', { target: { draft: draft.id }, people: { ids: [person('technician')] } })
    expect(page.cells[0]?.map(({ open, changed }) => [open, changed])).toEqual([
      [true, null],
      [true, 'wider'],
    ])
    expect(page.target).not.toBe(page.active)
    await world.send('technician', { method: 'GET', url: '/api/v1/machines/press-2' })
    const { id } = await post<Replay>('replays', { target: { draft: draft.id } }, 202)
    await expect.poll(async () => (await get<Replay>(`replays/${id}`)).state).toBe('done')
    const { items } = await get<ReplayChangePage>(`replays/${id}/changes?kind=newly_allowed`)
    expect(items[0]).toMatchObject({
      kind: 'newly_allowed',
      person: { id: person('technician') },
      machine: { id: 'press-2', name: 'Press press-2' },
      rules: ['region'],
    })
    const change = await get<ReplayChangeDetail>(`replays/${id}/changes/${items[0]?.decision}`)
    const { name } = world.people.technician
    const done = await get<Replay>(`replays/${id}`)
    expect(JSON.stringify([items, change, done])).not.toContain(`"name":"${name}"`)
    expect(change).toMatchObject({ person: { name: null }, input: { technician: { name: '**REDACTED**' } } })
    expect(change.masked).toContain('/input/technician/name')
    expect(done.remarks).not.toContain('older_decisions_are_forgotten')
    const unmasked = async () =>
      (await world.storage.events.list({ kind: 'installation' }, { type: 'decisions.unmasked' }, { limit: 10, after: null })).items
    expect(await unmasked()).toEqual([])
    const shown = await get<ReplayChangeDetail>(`replays/${id}/changes/${items[0]?.decision}?personal=shown`)
    expect(shown).toMatchObject({ person: { name }, input: { technician: { name } }, masked: [] })
    const named = await get<ReplayChangePage>(`replays/${id}/changes?personal=shown`)
    expect(named.items[0]).toMatchObject({ person: { name } })
    expect((await unmasked()).map(({ detail }) => detail)).toEqual([{ replay: id }, { decision: items[0]?.decision, replay: id }])
    expect(change).toMatchObject({ before: { allow: false }, after: { allow: true, revision: page.target } })
    expect([Object.keys(change.before.texts), change.after.texts]).toEqual([['outside_region'], {}])
    expect(change.trace?.text).toContain('rules/region.rego')
  })

  it('shows the texts of the revision that is judged beside those of the one that decides', async () => {
    const draft = await post<{ id: string }>('drafts', { name: 'Other words' }, 201)
    const url = `/api/v1/policy/drafts/${draft.id}/file?path=rules/region.rego`
    const { version, text } = (await world.send('security team', { method: 'GET', url })).json<{ version: number; text: string }>()
    const payload = { version, text: text.replace('The machine is outside of the assigned regions.', 'Another region than yours.') }
    expect((await world.send('security team', { method: 'PUT', url, payload })).statusCode).toBe(200)
    const about = { person: person('technician'), machine: 'press-2' }
    const own = { outside_region: { en: { reason: 'Another region than yours.' } } }
    const active = { outside_region: { en: { reason: 'The machine is outside of the assigned regions.' } } }
    const [cell, why, whyNow] = await Promise.all([
      post<CellAnswer>('matrix/cell', { target: { draft: draft.id }, ...about }),
      post<AskAnswer>('ask', { kind: 'why', target: { draft: draft.id }, ...about }),
      post<AskAnswer>('ask', { kind: 'why', ...about }),
    ])
    expect(cell.steps[0]).toMatchObject({ before: { texts: active }, after: { texts: own } })
    expect(Object.keys(cell.steps[0]?.after.texts ?? {})).toEqual(['outside_region'])
    expect(why).toMatchObject({ steps: [{ decision: { texts: own } }, {}, {}] })
    expect(whyNow).toMatchObject({ steps: [{ decision: { texts: active } }, {}, {}] })
  })

  it('says what an activation would end', async () => {
    const impact = await post<Impact>('impact', { target })
    expect(impact).toMatchObject({
      target: target.revision,
      sessions_judged: 0,
      sessions: [],
      limits_changed: [],
      decisions_last_day: { would_be_denied: 0 },
    })
  })

  it('answers why, who and what would', async () => {
    const about = { machine: 'press-2', person: person('technician') }
    const why = await post<AskAnswer>('ask', { kind: 'why', ...about })
    expect(why).toMatchObject({ kind: 'why', allowed: false, person: { id: about.person }, machine: { id: 'press-2' } })
    const who = await post<AskAnswer>('ask', { kind: 'who', machine: 'press-2' })
    expect(who).toMatchObject({ kind: 'who', people: [{ id: person('technician elsewhere'), services: ['hmi'] }] })
    const what = await post<AskAnswer>('ask', { kind: 'what_would', ...about })
    expect(what).toMatchObject({
      kind: 'what_would',
      allowed: false,
      never: false,
      complete: true,
      ways: [{ service: 'hmi', changes: [{ kind: 'grant_region', value: 'south', level: null, granted_by: 'service_administrator' }] }],
    })
  })

  it('names what is missing or unknown', async () => {
    expect(await post('ask', { kind: 'why', machine: 'press-1' }, 400)).toMatchObject({
      code: 'bad_input',
      problems: [{ path: 'body.person' }],
    })
    expect(await post('matrix', { target: { draft: `drf_${'0'.repeat(32)}` } }, 404)).toMatchObject({ code: 'draft_unknown' })
    expect(await post('matrix', { target: { revision: `sha256:${'0'.repeat(64)}` } }, 404)).toMatchObject({ code: 'revision_unknown' })
    expect(await post('matrix', { target, after: { people: 'nonsense', machines: null } }, 400)).toMatchObject({ code: 'invalid_cursor' })
    expect(await post('matrix', { target: {} }, 400)).toMatchObject({ code: 'bad_input' })
  })
})
