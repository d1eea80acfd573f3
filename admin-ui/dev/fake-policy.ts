import { hash } from 'node:crypto'
import type { Me } from '../../gateway/http-api/contract/me.ts'
import type { PolicyCanary, PolicyStatus } from '../../gateway/http-api/contract/policy-activation.ts'
import type { DraftFile } from '../../gateway/http-api/contract/policy-drafts.ts'
import type { RevisionDetail, RevisionSummary } from '../../gateway/http-api/contract/policy-revisions.ts'
import { fakeLanguage, shippedSources } from './fake-policy-sources.ts'
import { fakeReasons } from './fake-reasons.ts'
import {
  fakeAnalysis,
  fakeAsk,
  fakeCell,
  fakeChange,
  fakeChanges,
  fakeCount,
  fakeImpact,
  fakeMatrix,
  fakeReplay,
} from './fake-simulations.ts'
import { fakeActivations, fakeServing } from './fake-activations.ts'

export interface FakeAnswer {
  readonly status: number
  readonly body?: unknown
}
interface Asked {
  readonly method: string
  /** Below `/policy`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly json: () => Record<string, never>
  readonly me: Me
}

const ok = (body: unknown, status = 200): FakeAnswer => ({ status, body })
const refused = (status: number, code: string, title: string, more: object = {}): FakeAnswer => ({
  status,
  body: { type: 'about:blank', title, status, code, id: 'f00dbabe', ...more },
})
const hour = 3_600_000
export const fakeDraftId = `drf_${'1'.repeat(32)}`
export const activeRevision = `sha256:${'a'.repeat(64)}`
export const submittedRevision = `sha256:${'b'.repeat(64)}`
const olderRevision = `sha256:${'0'.repeat(64)}`
const sam = { id: `per_${'6'.repeat(32)}`, name: 'Sam Okafor' }
const ines = { id: `per_${'7'.repeat(32)}`, name: 'Ines Duarte' }

const weakened = (text: string): string =>
  text.replace('satisfied if input.device.region in responsible_for', 'satisfied if count(input.technician.regions) > 0')

/** The policy of a fake gateway: one draft with a weakened rule, one revision that waits for review, and what decides. Nothing is evaluated. */
export const makeFakePolicy = (emit: (name: string, data: unknown) => void) => {
  const active = shippedSources()
  const changed = { ...active, 'rules/region.rego': weakened(active['rules/region.rego'] ?? '') }
  const fileOf = (path: string, text: string): DraftFile => ({ path, text, version: 1, edited_by: sam, edited_ms: Date.now() - hour })
  const first = () => ({
    version: 7,
    name: 'Regions for the night shift',
    files: new Map(Object.entries(changed).map(([path, text]) => [path, fileOf(path, text)])),
    present: [
      { person: sam, path: 'rules/region.rego' },
      { person: ines, path: 'rules/training.rego' },
    ],
    reviews: [] as RevisionDetail['reviews'],
    comments: [
      {
        id: 'rcm_1',
        path: 'rules/region.rego',
        line: 8,
        author: ines,
        text: 'Does this not let everybody in who has any region at all?',
        at_ms: Date.now() - hour,
      },
    ] as RevisionDetail['comments'],
    alarms: [] as PolicyStatus['alarms'],
    waiting: [] as PolicyStatus['waiting'],
    canary: null as PolicyCanary | null,
    replays: 0,
    /** What share an activation would deny, if it has to ask again. */
    deniesMore: null as number | null,
  })
  const state = first()
  const draft = () => ({
    id: fakeDraftId,
    name: state.name,
    base: activeRevision,
    version: state.version,
    created_by: sam,
    created_ms: Date.now() - 20 * hour,
    changed_by: sam,
    changed_ms: Date.now() - hour,
  })
  const files = () =>
    [...state.files.values()]
      .map(({ text, ...file }) => ({ ...file, bytes: Buffer.byteLength(text), sha256: hash('sha256', text) }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const summary = (revision: string, members: Partial<RevisionSummary>): RevisionSummary => ({
    revision,
    parent: activeRevision,
    origin: 'draft',
    author: sam,
    comment: 'Everybody with a region may work in the night shift, so that nobody waits for the administration.',
    created_ms: Date.now() - 2 * hour,
    state: state.reviews.at(-1)?.verdict ?? 'submitted',
    approved_on_top_of: state.reviews.at(-1)?.verdict === 'approved' ? activeRevision : null,
    tests: { passed: 84, failed: 0 },
    coverage_percent: 97.2,
    ...members,
  })
  const shipped = { origin: 'shipped', author: null, parent: null, comment: 'Came with release 0.5.0' } as const
  const revisions = (): RevisionSummary[] => [
    summary(submittedRevision, {}),
    summary(activeRevision, { ...shipped, state: 'active', created_ms: Date.now() - 90 * hour }),
    summary(olderRevision, { ...shipped, comment: 'Came with release 0.4.0', state: 'was_active', created_ms: Date.now() - 900 * hour }),
  ]
  const activations = () => fakeActivations({ active: activeRevision, older: olderRevision }, { sam, ines })
  const status = (): PolicyStatus => ({
    active: { revision: activeRevision, sequence: 3, by: ines, comment: 'Too many complaints from Spain', since_ms: Date.now() - 3 * hour },
    serving: fakeServing(activeRevision),
    predecessor: olderRevision,
    alone: olderRevision,
    alarms: state.alarms,
    settings: { four_eyes: true, coverage_percent: 90, denied_percent: 5 },
    waiting: state.waiting,
    canary: state.canary,
    compiler: { version: '1.22.2' },
  })
  const digestsOf = (files: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, hash('sha256', text)]))
  const sourcesOf = (revision: string): Record<string, string> => (revision === submittedRevision ? changed : active)
  const detail = (found: RevisionSummary): RevisionDetail => ({
    ...found,
    files: Object.entries(sourcesOf(found.revision)).map(([path, text]) => ({ path, bytes: Buffer.byteLength(text) })),
    reviews: found.revision === submittedRevision ? state.reviews : [],
    comments: found.revision === submittedRevision ? state.comments : [],
    activations: activations().filter(({ revision }) => revision === found.revision),
    results: null,
    bundle: { opa_version: '1.22.2', wasm_sha256: 'c'.repeat(64), wasm_bytes: 178_000, data_sha256: 'd'.repeat(64) },
  })
  const write = (path: string, text: string, version: number, by: { readonly id: string; readonly name: string }): FakeAnswer => {
    const before = state.files.get(path)
    if ((before?.version ?? 0) !== version)
      return refused(409, 'stale_version', 'Somebody changed this file in the meantime.', { current: before ?? null })
    state.files.set(path, { path, text, version: version + 1, edited_by: by, edited_ms: Date.now() })
    state.version += 1
    emit('policy', { draft: fakeDraftId, path, version: state.version, by: by.id })
    return ok({ version: version + 1, draft_version: state.version, sha256: hash('sha256', text) })
  }
  const drafts = ({ method, path, query, json, me }: Asked): FakeAnswer | null => {
    const act = path.split('/').slice(3).join('/')
    const file = query.get('path') ?? ''
    switch (`${method} ${act}`) {
      case 'GET ':
        return ok({ ...draft(), files: files(), present: state.present })
      case 'PATCH ':
        state.name = json()['name'] ?? ''
        return ok(draft())
      case 'GET file': {
        const found = state.files.get(file)
        return found === undefined ? refused(404, 'not_found', 'There is nothing here.') : ok(found)
      }
      case 'PUT file':
        return write(file, json()['text'] ?? '', json()['version'] ?? 0, me)
      case 'DELETE file':
        state.files.delete(file)
        state.version += 1
        return { status: 204 }
      case 'PUT presence':
        return ok({ present: state.present })
      case 'POST analysis':
        return ok(fakeAnalysis(Object.fromEntries(files().map((one) => [one.path, one.version]))))
      case 'POST evaluate':
        return ok({
          ok: true,
          defined: true,
          result: true,
          printed: [],
          diagnostics: [],
          explanation: [{ path: 'rules/region.rego', line: 8, depth: 1, operation: 'Eval', text: 'count(input.technician.regions) > 0' }],
          took_ms: 21,
        })
      case 'POST submit':
        return ok({ revision: submittedRevision })
      case 'POST rebase':
        return ok({ base: activeRevision, version: state.version, taken: ['rules/device.rego'], conflicts: [] })
      default:
        return null
    }
  }
  const revisionRoutes = ({ method, path, json, me }: Asked): FakeAnswer | null => {
    const [, , digest = '', act = ''] = path.split('/').map(decodeURIComponent)
    const found = revisions().find(({ revision }) => revision === digest)
    if (found === undefined) return refused(404, 'not_found', 'There is nothing here.')
    switch (`${method} ${act}`) {
      case 'GET ':
        return ok(detail(found))
      case 'GET files':
        return ok({ files: sourcesOf(digest), digests: digestsOf(sourcesOf(digest)) })
      case 'POST reviews':
        state.reviews = [
          ...state.reviews,
          { ...json(), reviewer: { id: me.id, name: me.name }, on_top_of: activeRevision, at_ms: Date.now() } as never,
        ]
        return ok({}, 201)
      case 'POST comments':
        state.comments = [
          ...state.comments,
          { ...json(), id: `rcm_${state.comments.length + 1}`, author: { id: me.id, name: me.name }, at_ms: Date.now() } as never,
        ]
        return ok({}, 201)
      case 'POST activate':
        return state.deniesMore === (json()['confirm_denied'] ?? null)
          ? ok({ sequence: 4, revision: digest, ended_sessions: 1 })
          : refused(409, 'denies_more', 'It would deny more.', { denied_percent: state.deniesMore })
      default:
        return null
    }
  }
  const answer = (asked: Asked): FakeAnswer | null => {
    const { method, path, json } = asked
    if (/^\/drafts\/./u.test(path)) return drafts(asked)
    if (/^\/revisions\/./u.test(path)) return revisionRoutes(asked)
    if (/^\/replays\/[^/]+\/changes\//u.test(path)) return ok(fakeChange(path.split('/').at(-1) ?? ''))
    if (/^\/replays\/[^/]+\/changes$/u.test(path)) return ok({ items: fakeChanges, next: null })
    if (/^\/replays\/./u.test(path)) return ok(fakeReplay((state.replays += 1) < 2 ? 'running' : 'done'))
    if (/^\/matrix\/counts\/./u.test(path)) return ok(fakeCount())
    switch (`${method} ${path}`) {
      case 'GET /status':
        return ok(status())
      case 'GET /reasons':
        return ok(fakeReasons())
      case 'GET /revisions':
        return ok({ items: revisions(), next: null })
      case 'GET /activations':
        return ok({ items: activations(), next: null })
      case 'GET /canary':
        return ok({ canary: state.canary })
      case 'GET /language':
        return ok(fakeLanguage())
      case 'GET /drafts':
        return ok({ items: [{ ...draft(), files: state.files.size }] })
      case 'POST /drafts':
        return ok({ ...draft(), files: files(), present: [] }, 201)
      case 'POST /format':
        return ok({ text: `${((json()['text'] as string | undefined) ?? '').trimEnd()}\n`, diagnostics: [] })
      case 'POST /rollback':
        return json()['to'] === undefined ? ok({ sequence: 4, revision: olderRevision, ended_sessions: 0 }) : ok({ waiting: {} }, 202)
      case 'PUT /settings':
        return ok({ settings: status().settings })
      case 'POST /matrix':
        return ok(fakeMatrix())
      case 'POST /matrix/cell':
        return ok(fakeCell())
      case 'POST /matrix/counts':
        return ok({ ...fakeCount(), state: 'running' }, 202)
      case 'POST /replays':
        state.replays = 0
        return ok(fakeReplay('running'), 202)
      case 'POST /impact':
        return ok(fakeImpact())
      case 'POST /ask':
        return ok(fakeAsk(json()['kind'] ?? 'why'))
      default:
        return null
    }
  }
  return { state, answer, write, reset: () => void Object.assign(state, first()) }
}
