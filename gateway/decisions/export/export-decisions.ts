import { setImmediate } from 'node:timers/promises'
import type { Scope } from '../../basics/scope.ts'
import type { DecisionFilter, DecisionLogReader } from '../decision-log.ts'
import { opaDecisionEvent, type OpaEventOptions } from './opa-decision-event.ts'

export interface DecisionExport extends OpaEventOptions {
  readonly log: Pick<DecisionLogReader, 'walk'>
  readonly scope: Scope
  readonly filter: DecisionFilter
}

/** About 100 KB of text: what one piece of work on the main loop reads, and what waits for a slow reader. */
const rowsAtOnce = 50

/** Lines of JSON (one OPA decision event each), oldest first. The next piece is read when it is asked for, so a slow reader costs no memory. */
export async function* exportDecisions({ log, scope, filter, ...options }: DecisionExport): AsyncGenerator<string> {
  for (let after: string | null = null; ;) {
    const page = await log.walk(scope, filter, { limit: rowsAtOnce, ...(after === null ? {} : { after }) })
    if (page.items.length > 0) yield page.items.map((record) => `${JSON.stringify(opaDecisionEvent(record, options))}\n`).join('')
    if (page.next === null) return
    after = page.next
    // Reads of the database are synchronous: whoever else waits is served between two of them.
    await setImmediate()
  }
}
