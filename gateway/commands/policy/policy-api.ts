import { resolve } from 'node:path'
import { systemClock } from '../../basics/clock.ts'
import { CodedError } from '../../basics/coded-error.ts'
import type { PolicyStatus } from '../../http-api/contract/policy-activation.ts'
import { policyRevision } from '../../policies-admin/policy-files.ts'
import { createApiClient, type ApiClient } from '../client/api-client.ts'
import { readCredentials } from '../client/credentials.ts'

/** The gateway, as the person who signed in at this command line. */
export const policyApi = async (): Promise<ApiClient> => createApiClient(await readCredentials(process.env, systemClock.nowS()))

export const statusOf = (api: ApiClient): Promise<PolicyStatus> => api.get<PolicyStatus>('/api/v1/policy/status')

/** A revision by its digest, or that of a folder: the same sources have the same digest everywhere. */
export const revisionFrom = (given: string): string => (/^sha256:[0-9a-f]{64}$/.test(given) ? given : policyRevision(resolve(given)))

export const revisionPath = (revision: string, rest = ''): string => `/api/v1/policy/revisions/${revision}${rest}`

/** What is active, for a command that changes it: the gateway refuses when it is another one by then. */
export async function activeNow(api: ApiClient): Promise<string | null> {
  return (await statusOf(api)).active?.revision ?? null
}

/** @throws CodedError `policy_closed` */
export async function demandActive(api: ApiClient): Promise<string> {
  const active = await activeNow(api)
  if (active !== null) return active
  throw new CodedError({
    code: 'policy_closed',
    message: 'No policy is active at this gateway: everything is denied. An administrator recovers it on the machine itself.',
    remedy: 'conflict',
  })
}
