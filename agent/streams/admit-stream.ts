import type { LiveSession } from '../approvals/approval-state.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { ServiceSettings } from '../settings/agent-settings.ts'
import type { StreamRefusal } from '../wire/agent-api.ts'
import type { StreamRegistry } from './stream-registry.ts'

declare const admitted: unique symbol
/** A stream that went through every check; only such a one is opened. */
export type AdmittedStream = { readonly session: string; readonly service: ServiceSettings } & { readonly [admitted]: true }

export interface AdmitStreamOptions {
  /** As the gateway sent them: nothing is known about them yet. */
  readonly sessionId: unknown
  readonly serviceName: unknown
  readonly alive: (session: string) => LiveSession | 'expired' | null
  readonly services: ServiceTable
  readonly registry: StreamRegistry
}

/** The agent's own enforcement point: its own approval, its own table, its own switch. */
export function admitStream(options: AdmitStreamOptions): AdmittedStream | StreamRefusal {
  const { sessionId, serviceName, services, registry } = options
  if (typeof sessionId !== 'string' || typeof serviceName !== 'string') return 'bad_request'
  const service = services.find(serviceName)
  if (service === undefined) return 'unknown_service'
  const live = options.alive(sessionId)
  if (live === null) return 'no_approval'
  if (live === 'expired') return 'expired'
  if (!live.services.includes(service.name)) return 'service_not_approved'
  if (!services.isOn(service.name)) return 'switch_off'
  if (service.kind !== 'http' && live.viewOnly) return 'view_only'
  if (registry.counters(live.id, service.name).openStreams >= service.maxStreams) return 'too_many_streams'
  return { session: live.id, service } as AdmittedStream
}

/** HTTP status beside the refusal's code. */
export const refusalStatus: Readonly<Record<StreamRefusal, number>> = {
  unknown_service: 404,
  no_approval: 403,
  service_not_approved: 403,
  switch_off: 403,
  expired: 403,
  view_only: 403,
  too_many_streams: 429,
  service_unreachable: 502,
  bad_request: 400,
}
