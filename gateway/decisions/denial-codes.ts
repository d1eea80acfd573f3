/** Everything that can stand against an access. Shared by Rego, ledger, API and pages; a test compares the Rego sources with it, both ways. */
export const policyDenialCodes = [
  'unknown_action',
  'facts_incomplete',
  'account_disabled',
  'outside_region',
  'no_permission',
  'no_training',
  'training_level_too_low',
  'training_expired',
  'undertaking_missing',
  'undertaking_outdated',
  'authentication_too_weak',
  'device_not_active',
  'device_suspended',
  'device_revoked',
  'switch_off',
  'contract_missing',
  'contract_ended',
  'not_recorded',
  'outside_hours',
  'no_session',
  'no_approval',
  'approval_expired',
  'service_not_approved',
  'approver_not_listed',
  'approval_proof_too_weak',
  'approval_mode_not_allowed',
  'approved_by_oneself',
  'duration_too_long',
  'extension_limit',
  'time_limit',
] as const

/** `policy_error` is never written in a policy: the engine answers it when there is no trustworthy answer. */
export const denialCodes = [...policyDenialCodes, 'policy_error'] as const

export type DenialCode = (typeof denialCodes)[number]

/** What the parties can still supply. */
export const missingCodes = [
  'customer_approval',
  'other_approval',
  'undertaking',
  'training',
  'permission',
  'step_up_mfa',
  'customer_switch',
  'shorter_duration',
  'contract',
  'recording',
] as const

export type MissingCode = (typeof missingCodes)[number]
