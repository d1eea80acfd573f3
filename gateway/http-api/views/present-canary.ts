import type { RunningCanary } from '../../policies-admin/activation/canary.ts'
import type { PolicyCanary } from '../contract/policy-activation.ts'
import { named, type NamesOf } from './name-people.ts'

export function presentCanary({ draft, revision, by, since, shadow }: RunningCanary, names: NamesOf): PolicyCanary {
  const { counts, dropped, differences } = shadow
  return {
    target: { draft, revision },
    by: named(names, by),
    since_ms: since,
    evaluated: Object.values(counts).reduce((sum, count) => sum + count, 0),
    ...counts,
    dropped,
    examples: differences.map(({ change, record: { id, evaluatedAt, input, result }, after }) => ({
      decision: id,
      at_ms: evaluatedAt,
      change: change === 'errors' ? 'error' : change,
      action: input.action,
      person: { id: input.technician.id },
      device: input.device.id,
      service: input.service?.name ?? null,
      codes: (change === 'newly_allowed' ? result : after).denials.map(({ code }) => code),
    })),
  }
}
