import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { ActStore } from '../state/act-store.ts'
import type { AgentEventBody } from '../state/event-store.ts'
import type { LiveSession } from './approval-state.ts'
import type { DurableRecords } from './durable-records.ts'

/** What the desks are handed where operators let somebody in before he asks. */
export interface StandingDeskParts {
  readonly services: ServiceTable
  readonly operators: OperatorList
  readonly acts: ActStore
  readonly records: DurableRecords
  /** What narrows: written now or later. */
  readonly record: (write: () => void) => void
  readonly event: (body: AgentEventBody) => void
  readonly live: () => LiveSession | null
  /** Ends the session that lives, and writes `cause` with its end. */
  readonly end: (by: string | null, cause: () => void) => void
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly onChange: () => void
}
