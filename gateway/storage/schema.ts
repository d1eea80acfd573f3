import type { Generated } from 'kysely'
import type { GrantRequestRow } from './grant-request-row.ts'
import type {
  PolicyActivationRow,
  PolicyDraftFileRow,
  PolicyDraftRow,
  PolicyReviewCommentRow,
  PolicyReviewRow,
  PolicyTestRunRow,
  PolicyRevisionRow,
  PolicyWaitingStepRow,
} from './policy-rows.ts'

/** The tables as Kysely sees them; `migrations/` makes them. JSON and closed lists are text here, and get their type in the store. */
export interface Schema {
  organisations: { organisation_id: string; name: string; kind: string }
  devices: DeviceRow
  persons: PersonRow
  feed_positions: { issuer: string; organisation_id: string; position: number }
  sessions: SessionRow
  sign_ins: SignInRow
  pending_sign_ins: PendingSignInRow
  command_line_grants: CommandLineGrantRow
  enrolments: EnrolmentRow
  enrolment_confirmations: { device_id: string; organisation_id: string; password_hash: string; public_key_fingerprint: string }
  certificates: CertificateRow
  late_renewals: LateRenewalRow
  access_origins: { label: string; organisation_id: string; session_id: string; service: string; created_at: number }
  access_codes: { hash: string; organisation_id: string; label: string; sign_in: string; expires_at: number }
  access_cookies: { hash: string; organisation_id: string; label: string; sign_in: string; created_at: number }
  access_cookie_pins: { label: string; name: string; organisation_id: string; digests: string }
  installation_facts: { name: string; organisation_id: string; value: string; version: number }
  events: EventRow
  event_values: EventValueRow
  decisions: DecisionRow
  grant_requests: GrantRequestRow
  policy_revisions: PolicyRevisionRow
  policy_reviews: PolicyReviewRow
  policy_test_runs: PolicyTestRunRow
  policy_review_comments: PolicyReviewCommentRow
  policy_activations: PolicyActivationRow
  policy_drafts: PolicyDraftRow
  policy_draft_files: PolicyDraftFileRow
  policy_draft_writers: { draft_id: string; organisation_id: string; person_id: string }
  policy_waiting_steps: PolicyWaitingStepRow
  policy_recovery_keys: { person_id: string; organisation_id: string; public_key: string; fingerprint: string; registered_at: number }
}

export interface DeviceRow {
  id: string
  organisation_id: string
  name: string
  site: string
  region: string
  country: string
  time_zone: string
  product_line: string
  model: string
  contract: string
  status: string
  services: string
  switches: string
  agent_version: string | null
  boot: string | null
  last_event: number
  last_seen_at: number | null
  remote_off_at: number | null
  remote_allowed: number | null
  recording: string | null
  attended_only: string | null
  created_at: number
  version: number
  sort_name: string
  search: string
}

export interface PersonRow {
  id: string
  organisation_id: string
  issuer: string
  subject: string
  username: string
  name: string
  photo_sha256: string | null
  status: string
  roles: string
  regions: string
  permissions: string
  trainings: string
  undertaking_version: string | null
  undertaking_accepted_at: number | null
  created_at: number
  version: number
  sort_name: string
  search: string
}

export interface SessionRow {
  id: string
  organisation_id: string
  device_id: string
  person_id: string
  authentication: string
  address: string | null
  state: string
  request: string
  request_digest: string
  pending_extension: string | null
  approval: string | null
  extensions: number
  requested_at: number
  shown_at: number | null
  approved_at: number | null
  opened_at: number | null
  expires_at: number | null
  ended_at: number | null
  end_reason: string | null
  ended_by: string | null
  end_codes: string
  tunnel_lost_at: number | null
  version: number
}

export interface SignInRow {
  token_hash: string
  organisation_id: string
  person_id: string
  created_at: number
  expires_at: number
  last_seen_at: number
  authenticated_at: number
  methods: string
  id_token: string
  provider_session: string | null
  address: string | null
  client: 'browser' | 'command_line'
}

export interface CommandLineGrantRow {
  code_hash: string
  organisation_id: string
  sign_in: string
  code_challenge: string
  expires_at: number
}

export interface PendingSignInRow {
  token_hash: string
  organisation_id: string
  state: string
  nonce: string
  code_verifier: string
  return_to: string
  expires_at: number
}

export interface EnrolmentRow {
  device_id: string
  organisation_id: string
  password_hash: string
  state: string
  public_key_fingerprint: string | null
  certificate_pem: string | null
  first_tunnel_at: number | null
  lock_reason: string | null
}

export interface CertificateRow {
  position: Generated<number>
  fingerprint: string
  organisation_id: string
  device_id: string
  serial: string
  public_key_fingerprint: string
  pem: string
  not_before: number
  not_after: number
  standing: string
}

export interface LateRenewalRow {
  device_id: string
  organisation_id: string
  certificate: string
  public_key_fingerprint: string
  standing: string
  by_person: number
  ended_at: number
  decided_at: number
}

export interface EventRow {
  position: Generated<number>
  log_kind: string
  log_id: string
  organisation_id: string
  seq: number
  time_ms: number
  boot: string
  mono: number
  type: string
  session: string | null
  actor_kind: string
  actor_id: string | null
  detail: string
}

export interface EventValueRow {
  log_kind: string
  log_id: string
  seq: number
  hash: string
  organisation_id: string
  salt: string | null
  value: string | null
}

export interface DecisionRow {
  position: Generated<number>
  id: string
  organisation_id: string
  evaluated_at: number
  action: string
  allow: number
  technician: string
  device: string
  session: string | null
  codes: string
  revision: string
  duration_us: number
  input: string
  result: string
}
