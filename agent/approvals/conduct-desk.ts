import { AgentError } from '../basics/agent-error.ts'
import type { Logger } from '../basics/logger.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { AgentEventBody } from '../state/event-store.ts'
import type { HoldReason } from '../wire/agent-api.ts'
import type { LiveSession, PausedAt } from './approval-state.ts'
import type { DurableRecords } from './durable-records.ts'

/** How the session that lives may go on. */
export interface ConductDesk {
  /** Stops every byte of the session, or makes it only look; holds when it returns. @throws AgentError `no_session`, `unknown_operator` */
  narrow(change: { readonly paused?: true; readonly viewOnly?: true }, by: string | null): void
  /** The session stands still at this request, until an operator lets it go on. */
  stopAt(at: PausedAt): void
  /** Takes that back. @throws AgentError `no_session`, `not_durable` */
  widen(change: { readonly paused?: false; readonly viewOnly?: false }, by: IdentifiedOperator): void
  /** What else holds its bytes; changes nothing by itself. */
  tellHeld(held: HoldReason | null): void
}

export interface ConductDeskOptions {
  readonly live: () => LiveSession | null
  readonly setLive: (session: LiveSession) => void
  readonly operators: OperatorList
  readonly records: DurableRecords
  readonly record: (write: () => void) => void
  readonly event: (body: AgentEventBody) => void
  /** Holds for every stream of the session when it returns. */
  readonly conduct: (session: string, conduct: Conduct) => void
  readonly logger: Logger
  readonly onChange: () => void
}

export type Conduct = Partial<Pick<LiveSession, 'paused' | 'viewOnly'>>

/** Stricter holds before it is written, looser is written before it holds. */
export function createConductDesk(options: ConductDeskOptions): ConductDesk {
  const changed = (change: Conduct): LiveSession | null => {
    const before = options.live()
    if (before === null) throw new AgentError({ code: 'no_session', message: 'There is no session.' })
    const next = { ...before, ...change, pausedAt: change.paused === false ? null : before.pausedAt }
    return next.paused === before.paused && next.viewOnly === before.viewOnly ? null : next
  }
  const writer = ({ id: session, paused, viewOnly, held, pausedAt }: LiveSession, by: string | null) => {
    const why = pausedAt === null ? null : ('unexplained' as const)
    return () => options.event({ type: 'session.conduct', session, paused, view_only: viewOnly, held, why, by })
  }
  const take = (next: LiveSession, change: Conduct): void => {
    options.conduct(next.id, change)
    options.setLive(next)
    options.logger.info({ session: next.id, paused: next.paused, view_only: next.viewOnly }, 'the conduct of a session was changed')
  }
  return {
    narrow: (change, by) => {
      if (by !== null) options.operators.known(by)
      const next = changed(change)
      if (next === null) return
      take(next, change)
      options.record(writer(next, by))
      options.onChange()
    },
    stopAt: (at) => {
      const before = options.live()
      if (before === null) return
      const next = { ...before, paused: true, pausedAt: at }
      take(next, { paused: true })
      options.record(writer(next, null))
      options.onChange()
    },
    widen: (change, { name }) => {
      const next = changed(change)
      if (next === null) return
      options.records.commit(writer(next, name))
      take(next, change)
      options.onChange()
    },
    tellHeld: (held) => {
      const before = options.live()
      if (before === null || before.held === held) return
      const next = { ...before, held }
      options.setLive(next)
      options.record(writer(next, null))
      options.onChange()
    },
  }
}
