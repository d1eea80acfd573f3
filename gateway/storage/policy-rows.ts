import type { Generated } from 'kysely'

/** The tables of policies as Kysely sees them: revisions with what stands behind them, activations, drafts. */
export interface PolicyRevisionRow {
  position: Generated<number>
  revision: string
  organisation_id: string
  parent: string | null
  author: string | null
  contributors: string
  origin: string
  comment: string
  created_at: number
  sources: string
  wasm: Uint8Array
  data: string
  reasons: string
  opa_version: string
  results: string | null
  tests_passed: number
  tests_failed: number
  coverage_percent: number
  signature: string
}

export interface PolicyTestRunRow {
  position: Generated<number>
  organisation_id: string
  revision: string
  by_person: string
  at: number
  results: string
  tests_passed: number
  tests_failed: number
  coverage_percent: number
}

export interface PolicyReviewRow {
  position: Generated<number>
  organisation_id: string
  revision: string
  reviewer: string
  verdict: string
  on_top_of: string | null
  comment: string
  at: number
}

export interface PolicyReviewCommentRow {
  position: Generated<number>
  id: string
  organisation_id: string
  revision: string
  path: string
  line: number
  author: string
  text: string
  at: number
}

export interface PolicyActivationRow {
  sequence: number
  organisation_id: string
  revision: string
  previous: string | null
  kind: string
  by_person: string | null
  approved_by: string | null
  comment: string
  at: number
  impact: string | null
  signature: string
}

export interface PolicyWaitingStepRow {
  what: string
  organisation_id: string
  by_person: string
  step: string
  comment: string
  at: number
  expires_at: number
}

export interface PolicyDraftRow {
  id: string
  organisation_id: string
  name: string
  base: string | null
  created_by: string
  created_at: number
  changed_by: string
  changed_at: number
  version: number
}

export interface PolicyDraftFileRow {
  draft_id: string
  organisation_id: string
  path: string
  version: number
  bytes: number
  edited_by: string
  edited_at: number
  text: string
}
