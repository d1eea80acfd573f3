import type { ServingPoint } from './decision-engine.ts'
import type { EvaluationPool } from './evaluation-pool.ts'

/** The event loop and its warm workers: those of a pool never hold another policy than it began with. */
export function servingPoints(
  active: { readonly revision: string; readonly since: number },
  pool: Pick<EvaluationPool, 'workers'> | null,
): readonly ServingPoint[] {
  const revision = active.revision === '' ? null : active.revision
  const workers = (pool?.workers() ?? []).map(({ thread, since }): ServingPoint => {
    return { kind: 'worker', name: `worker-${thread}`, revision, since }
  })
  return [{ kind: 'main', name: 'main', revision, since: active.since }, ...workers]
}
