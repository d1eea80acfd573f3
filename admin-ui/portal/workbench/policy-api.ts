import type {
  ActivateRevision,
  Activated,
  ActivationPage,
  ChangePolicySettings,
  PolicyCanary,
  PolicySettings,
  PolicyStatus,
  RecoveryKeyList,
  RollBack,
  WaitingStep,
} from '../../../gateway/http-api/contract/policy-activation.ts'
import type { Analysis, Evaluated, Formatted } from '../../../gateway/http-api/contract/policy-analysis.ts'
import type { Draft, DraftFile, DraftList, FileWritten, Rebased } from '../../../gateway/http-api/contract/policy-drafts.ts'
import type { Language } from '../../../gateway/http-api/contract/policy-language.ts'
import type {
  NewReview,
  NewRevisionComment,
  RevisionDetail,
  RevisionFiles,
  RevisionPage,
} from '../../../gateway/http-api/contract/policy-revisions.ts'
import type {
  AskAnswer,
  askRequest,
  CellAnswer,
  cellRequest,
  Impact,
  MatrixCount,
  matrixCountRequest,
  MatrixPage,
  matrixRequest,
  PolicyTarget,
  Replay,
  ReplayChangeDetail,
  ReplayChangePage,
  replayRequest,
} from '../../../gateway/http-api/contract/policy-simulations.ts'
import type { Query } from '../api/create-api.ts'

/** What may be left out of a request is filled in by the gateway. */
type Asked<Schema extends { readonly _zod: { readonly input: unknown } }> = Schema['_zod']['input']
export type MatrixAsked = Asked<typeof matrixRequest>
type Call = (method: string, path: string, body?: unknown, longestWaitMs?: number) => Promise<unknown>

/** For what the compiler or a simulation does: an analysis is many runs of the compiler, each of which has 30 s on a machine that is busy. */
const workWaitMs = 180_000

const at = encodeURIComponent
const search = (query: Query): string => {
  const text = new URLSearchParams(Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined)).toString()
  return text === '' ? '' : `?${text}`
}

/** `/api/v1/policy` as functions; only the workbench carries them. */
export const createPolicyApi = (call: Call) => {
  const policy = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    (await call(method, `/policy${path}`, body, method === 'POST' ? workWaitMs : undefined)) as T
  const draft = (id: string): string => `/drafts/${at(id)}`
  const revision = (digest: string): string => `/revisions/${at(digest)}`
  return {
    status: () => policy<PolicyStatus>('GET', '/status'),
    revisions: (query: Query) => policy<RevisionPage>('GET', `/revisions${search(query)}`),
    revision: (digest: string) => policy<RevisionDetail>('GET', revision(digest)),
    revisionFiles: (digest: string) => policy<RevisionFiles>('GET', `${revision(digest)}/files`),
    testAgain: (digest: string) => policy<unknown>('POST', `${revision(digest)}/tests`),
    review: (digest: string, body: NewReview) => policy<unknown>('POST', `${revision(digest)}/reviews`, body),
    comment: (digest: string, body: NewRevisionComment) => policy<unknown>('POST', `${revision(digest)}/comments`, body),
    activate: (digest: string, body: ActivateRevision) => policy<Activated>('POST', `${revision(digest)}/activate`, body),
    rollBack: (body: RollBack) => policy<Activated | { readonly waiting: WaitingStep }>('POST', '/rollback', body),
    activations: (query: Query) => policy<ActivationPage>('GET', `/activations${search(query)}`),
    changeSettings: (body: ChangePolicySettings) =>
      policy<{ readonly settings: PolicySettings } | { readonly waiting: WaitingStep }>('PUT', '/settings', body),
    recoveryKeys: () => policy<RecoveryKeyList>('GET', '/recovery-keys'),
    registerRecoveryKey: (pem: string) => policy<unknown>('PUT', '/recovery-keys/mine', { public_key_pem: pem }),
    canary: () => policy<{ readonly canary: PolicyCanary | null }>('GET', '/canary'),
    startCanary: (target: PolicyTarget) => policy<unknown>('PUT', '/canary', target),
    endCanary: () => policy<unknown>('DELETE', '/canary'),

    language: () => policy<Language>('GET', '/language'),
    drafts: () => policy<DraftList>('GET', '/drafts'),
    newDraft: (name: string, from?: string) => policy<Draft>('POST', '/drafts', { name, ...(from === undefined ? {} : { from }) }),
    draft: (id: string) => policy<Draft>('GET', draft(id)),
    renameDraft: (id: string, name: string, version: number) => policy<unknown>('PATCH', draft(id), { name, version }),
    deleteDraft: (id: string) => policy<unknown>('DELETE', draft(id)),
    file: (id: string, path: string) => policy<DraftFile>('GET', `${draft(id)}/file${search({ path })}`),
    putFile: (id: string, path: string, text: string, version: number) =>
      policy<FileWritten>('PUT', `${draft(id)}/file${search({ path })}`, {
        text,
        version,
      }),
    deleteFile: (id: string, path: string, version: number) =>
      policy<unknown>('DELETE', `${draft(id)}/file${search({ path, version: String(version) })}`),
    moveFile: (id: string, from: string, to: string, version: number) =>
      policy<unknown>('POST', `${draft(id)}/move`, { from, to, version }),
    rebase: (id: string, version: number) => policy<Rebased>('POST', `${draft(id)}/rebase`, { version }),
    present: (id: string, path: string | null) => policy<unknown>('PUT', `${draft(id)}/presence`, { path }),
    analyse: (id: string) => policy<Analysis>('POST', `${draft(id)}/analysis`),
    format: (path: string, text: string) => policy<Formatted>('POST', '/format', { path, text }),
    evaluate: (id: string, body: { readonly path?: string; readonly expression: string; readonly input?: unknown }) =>
      policy<Evaluated>('POST', `${draft(id)}/evaluate`, body),
    submit: (id: string, comment: string, version: number) =>
      policy<{ readonly revision: string }>('POST', `${draft(id)}/submit`, { comment, version }),

    matrix: (body: MatrixAsked) => policy<MatrixPage>('POST', '/matrix', body),
    cell: (body: Asked<typeof cellRequest>) => policy<CellAnswer>('POST', '/matrix/cell', body),
    countMatrix: (body: Asked<typeof matrixCountRequest>) => policy<MatrixCount>('POST', '/matrix/counts', body),
    matrixCount: (id: string) => policy<MatrixCount>('GET', `/matrix/counts/${at(id)}`),
    replay: (body: Asked<typeof replayRequest>) => policy<Replay>('POST', '/replays', body),
    replayState: (id: string) => policy<Replay>('GET', `/replays/${at(id)}`),
    replayChanges: (id: string, query: Query) => policy<ReplayChangePage>('GET', `/replays/${at(id)}/changes${search(query)}`),
    replayChange: (id: string, decision: string, query: Query) =>
      policy<ReplayChangeDetail>('GET', `/replays/${at(id)}/changes/${at(decision)}${search(query)}`),
    endReplay: (id: string) => policy<unknown>('DELETE', `/replays/${at(id)}`),
    impact: (target: PolicyTarget) => policy<Impact>('POST', '/impact', { target }),
    ask: (body: Asked<typeof askRequest>) => policy<AskAnswer>('POST', '/ask', body),
  }
}

export type PolicyApi = ReturnType<typeof createPolicyApi>
