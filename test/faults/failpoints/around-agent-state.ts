import type { StateDatabase } from '../../../agent/state/state-database.ts'
import { killMyself, type Fault } from './failpoints.ts'

const fullForMs = 2_500
const slowMs = 1_500

/** Puts faults at the agent's commits. The database behind it is the real one. */
export function aroundAgentState(database: StateDatabase, reach: (commit: string) => Fault | null): StateDatabase {
  let fullUntilMs = 0
  const fullDisk = (): Error => Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
  return {
    ...database,
    transaction(run) {
      if (database.sql.isTransaction) return run()
      if (performance.now() < fullUntilMs) throw fullDisk()
      const before = changes(database)
      const fault = reach('transaction')
      if (fault === 'full') {
        fullUntilMs = performance.now() + fullForMs
        throw fullDisk()
      }
      if (fault === 'fail') throw Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR', errcode: 5 })
      if (fault === 'kill-before') killMyself()
      // The whole program stands still, as over a disk that does not answer.
      if (fault === 'slow') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowMs)
      const result = database.transaction(run)
      if (fault === 'kill-after' && changes(database) >= before) killMyself()
      return result
    },
  }
}

const changes = ({ sql }: StateDatabase): number => Number(sql.prepare('SELECT total_changes() AS n').get()?.['n'])
