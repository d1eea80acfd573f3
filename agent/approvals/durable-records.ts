import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Logger } from '../basics/logger.ts'
import type { EventStore } from '../state/event-store.ts'
import type { StateDatabase } from '../state/state-database.ts'

/** How the desk writes what happened. */
export interface DurableRecords {
  /** For what widens: durable, or it did not happen. @throws AgentError `not_durable` */
  commit(write: () => void): void
  /** For what narrows: it holds at once, and is written when the disk allows. */
  record(write: () => void): void
  /** Tries again what the disk did not take. */
  flush(): void
  /** Something waits for the disk: until it is written, nothing new is allowed. */
  readonly behind: boolean
}

export function createDurableRecords(options: {
  readonly database: StateDatabase
  readonly events: EventStore
  readonly logger: Logger
}): DurableRecords {
  let backlog: (() => void)[] = []
  const commit = (write: () => void): void => {
    try {
      options.database.transaction(write)
    } catch (error) {
      options.logger.error({ error, reason: errorCode(error) }, 'the state cannot be written')
      const message = 'The machine cannot write its records, so nothing new is allowed. Check its disk.'
      throw new AgentError({ code: 'not_durable', message, cause: error })
    }
    options.events.announce()
  }
  const flush = (): void => {
    const waiting = backlog
    if (waiting.length === 0) return
    try {
      commit(() => {
        for (const write of waiting) write()
      })
      backlog = []
    } catch {
      // Tried again at the next look.
    }
  }
  return {
    commit,
    flush,
    record: (write) => {
      backlog.push(write)
      flush()
    },
    get behind() {
      return backlog.length > 0
    },
  }
}
