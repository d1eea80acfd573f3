import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Analysis, Evaluated } from './contract/policy-analysis.ts'
import type { Draft, DraftFile } from './contract/policy-drafts.ts'
import type { Language } from './contract/policy-language.ts'
import { apiWorld, type Actor, type ApiWorld } from './testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await apiWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const drafts = '/api/v1/policy/drafts'
const [ada, ben] = ['security team', 'other of the security team'] as const satisfies readonly Actor[]

async function answer<Body>(
  actor: Actor,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH',
  url: string,
  payload?: object,
): Promise<Body> {
  const response = await world.send(actor, { method, url, ...(payload === undefined ? {} : { payload }) })
  return { status: response.statusCode, ...(response.body === '' ? {} : response.json()) } as Body
}

const begin = (name = 'Regions'): Promise<Draft> => answer<Draft>(ada, 'POST', drafts, { name })

describe('a draft over the API', () => {
  it('begins with the active policy, and is listed', async () => {
    const draft = await begin()
    expect(draft).toMatchObject({ status: 201, name: 'Regions', base: world.policies.active?.revision, version: 1, present: [] })
    expect(draft.files.map(({ path }) => path)).toContain('rules/region.rego')
    const { items } = await answer<{ items: { id: string; files: number; created_by: { name: string } }[] }>('auditor', 'GET', drafts)
    expect(items.find(({ id }) => id === draft.id)).toMatchObject({ files: draft.files.length, created_by: { id: world.people[ada].id } })
  })

  it('is never written over: the second one gets the text, the version and the name of the first', async () => {
    const draft = await begin()
    const url = `${drafts}/${draft.id}/file?path=rules/region.rego`
    const file = await answer<DraftFile>(ben, 'GET', url)
    expect(await answer(ada, 'PUT', url, { text: `${file.text}# Ada\n`, version: file.version })).toMatchObject({
      version: 2,
      draft_version: 2,
    })
    const refused = await answer(ben, 'PUT', url, { text: `${file.text}# Ben\n`, version: file.version })
    expect(refused).toMatchObject({
      status: 409,
      code: 'stale_version',
      current: { path: 'rules/region.rego', version: 2, text: `${file.text}# Ada\n`, edited_by: { id: world.people[ada].id } },
    })
    expect(await answer(ben, 'DELETE', `${url}&version=1`)).toMatchObject({ status: 409, current: { version: 2 } })
  })

  it('says what is wrong with a path, a text and a name', async () => {
    const { id } = await begin()
    for (const path of ['../a.rego', 'a.txt', 'compiled/a.rego', '/a.rego', '.a.rego', 'data/a.rego/../b.json'])
      expect(await answer(ada, 'PUT', `${drafts}/${id}/file?path=${encodeURIComponent(path)}`, { text: '', version: 0 })).toMatchObject({
        status: 400,
        code: 'bad_input',
      })
    const long = { text: 'x'.repeat(262_145), version: 0 }
    expect(await answer(ada, 'PUT', `${drafts}/${id}/file?path=a.rego`, long)).toMatchObject({ status: 400, code: 'bad_input' })
    expect(await answer(ada, 'PUT', `${drafts}/${id}/file?path=a.rego`, { text: 'x'.repeat(3_000_000), version: 0 })).toMatchObject({
      status: 413,
      code: 'too_large',
    })
    expect(await answer(ada, 'PATCH', `${drafts}/${id}`, { name: '', version: 1 })).toMatchObject({ status: 400 })
  })

  it('knows who has it open', async () => {
    const { id } = await begin()
    await answer(ada, 'PUT', `${drafts}/${id}/presence`, { path: 'rules/region.rego' })
    const mine = await answer(ben, 'PUT', `${drafts}/${id}/presence`, { path: null })
    const both = [
      { person: { id: world.people[ada].id }, path: 'rules/region.rego' },
      { person: { id: world.people[ben].id }, path: null },
    ]
    expect(mine).toMatchObject({ present: both })
    expect(await answer('auditor', 'GET', `${drafts}/${id}`)).toMatchObject({ present: both })
  })

  it('is moved, renamed, put onto what is active, and deleted', async () => {
    const draft = await begin()
    const at = `${drafts}/${draft.id}`
    expect(await answer(ben, 'POST', `${at}/move`, { from: 'rules/region.rego', to: 'rules/area.rego', version: 1 })).toMatchObject({
      draft_version: 2,
    })
    expect(await answer(ben, 'PATCH', at, { name: 'Areas', version: 2 })).toMatchObject({ name: 'Areas', version: 3 })
    expect(await answer(ben, 'POST', `${at}/rebase`, { version: 3 })).toMatchObject({
      base: draft.base,
      version: 4,
      taken: [],
      conflicts: [],
    })
    expect(await answer(ben, 'DELETE', at)).toMatchObject({ status: 204 })
    expect(await answer(ben, 'GET', at)).toMatchObject({ status: 404, code: 'draft_unknown' })
  })

  it('becomes a revision, which none of those who wrote in it reviews', async () => {
    const draft = await begin()
    const url = `${drafts}/${draft.id}/file?path=rules/region.rego`
    const { text } = await answer<DraftFile>(ben, 'GET', url)
    await answer(ben, 'PUT', url, { text: `${text}# by Ben\n`, version: 1 })
    const submitted = await answer<{ revision: string }>(ada, 'POST', `${drafts}/${draft.id}/submit`, { comment: 'A comment', version: 2 })
    expect(submitted).toMatchObject({ status: 200 })
    const at = `/api/v1/policy/revisions/${submitted.revision}`
    expect(await answer(ada, 'GET', at)).toMatchObject({ parent: draft.base, origin: 'draft', author: { id: world.people[ada].id } })
    const review = { verdict: 'approved', comment: 'My own', expected_active: draft.base }
    expect(await answer(ben, 'POST', `${at}/reviews`, review)).toMatchObject({ status: 403, code: 'author_cannot_review' })
  }, 60_000)
})

describe('what the compiler says of a draft', () => {
  it('comes with the versions of the files that it was said of', async () => {
    const draft = await begin()
    const url = `${drafts}/${draft.id}/file?path=rules/region.rego`
    const { text } = await answer<DraftFile>(ada, 'GET', url)
    await answer(ada, 'PUT', url, { text: text.replace('input.device.region in', 'input.device.regoin in'), version: 1 })
    const analysis = await answer<Analysis>('auditor', 'POST', `${drafts}/${draft.id}/analysis?parts=check`)
    expect(analysis.diagnostics).toEqual([
      expect.objectContaining({
        path: 'rules/region.rego',
        line: 8,
        column: 14,
        end_column: 33,
        code: 'rego_type_error',
        severity: 'error',
      }),
    ])
    expect(analysis.versions).toMatchObject({ 'rules/region.rego': 2, 'rules/device.rego': 1 })
    expect(analysis.symbols.map(({ name }) => name)).toContain('data.sallyport.rules.region.satisfied')
    expect(await answer(ada, 'POST', `${drafts}/${draft.id}/analysis?parts=nonsense`)).toMatchObject({ status: 400 })
  }, 60_000)

  it('is also the value of an expression, and how it came about', async () => {
    const { id } = await begin()
    const input = { device: { region: 'dach' }, technician: { regions: ['dach'] } }
    const evaluated = await answer<Evaluated>(ada, 'POST', `${drafts}/${id}/evaluate`, {
      path: 'rules/region.rego',
      expression: 'print("here"); satisfied',
      input,
    })
    expect(evaluated).toMatchObject({ ok: true, defined: true, result: true, printed: ['here'], diagnostics: [] })
    expect(evaluated.explanation).toContainEqual(expect.objectContaining({ path: 'rules/region.rego', line: 8, operation: 'exit' }))
    // Going through everything runs the rules, and no test.
    const all = await answer<Evaluated>(ada, 'POST', `${drafts}/${id}/evaluate`, { expression: 'object.keys(data.sallyport.rules)', input })
    expect([all.ok, JSON.stringify(all.result).includes('_test')]).toEqual([true, false])
    expect(await answer(ada, 'POST', `${drafts}/${id}/evaluate`, { expression: 'http.send({})' })).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'rego_type_error', message: 'Undefined function http.send.' }],
    })
  }, 60_000)

  it('lays out a file', async () => {
    const format = (text: string) => answer(ada, 'POST', '/api/v1/policy/format', { path: 'a.rego', text })
    expect(await format('package a\nx if{input.y==1}')).toMatchObject({ text: 'package a\n\nx if input.y == 1\n', diagnostics: [] })
    expect(await format('package a\nx if {')).toMatchObject({
      text: null,
      diagnostics: [{ path: 'a.rego', line: 2, code: 'rego_parse_error' }],
    })
  })
})

it('says what there is to write with', async () => {
  const language = await answer<Language>('auditor', 'GET', '/api/v1/policy/language')
  expect(language.builtins.find(({ name }) => name === 'array.concat')).toMatchObject({
    args: [
      { name: 'x', type: 'array[any]', text: 'the first array' },
      { name: 'y', type: 'array[any]' },
    ],
    result: { type: 'array[any]' },
    text: 'Concatenates two arrays.',
  })
  expect(language.builtins.some(({ name }) => name === 'http.send' || name.startsWith('internal.'))).toBe(false)
  expect(Object.keys(language.data_files)).toContain('data/limits.json')
  expect(language).toMatchObject({
    data_schema: { properties: { limits: { type: 'object' } } },
    entrypoint: 'data.sallyport.access.decision',
  })
})
