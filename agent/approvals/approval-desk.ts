import { AgentError } from '../basics/agent-error.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import type { ActStore } from '../state/act-store.ts'
import type { AgentEventBody, EventStore } from '../state/event-store.ts'
import type { HistoryOutcome, HistoryStore } from '../state/history-store.ts'
import type { QuietStore } from '../state/quiet-store.ts'
import type { RemoteStore } from '../state/remote-store.ts'
import type { StateDatabase } from '../state/state-database.ts'
import type { SwitchStore } from '../state/switch-store.ts'
import type { ShowRequestBody } from '../wire/agent-api.ts'
import type { ApprovalClaims } from '../wire/approval.ts'
import { requestDigest } from '../wire/session-request.ts'
import { approvalClaims, approvedSession } from './approval-claims.ts'
import { isPast, later, momentOf } from './approval-state.ts'
import type { LiveSession, Moment, PendingRequest } from './approval-state.ts'
import { createConductDesk } from './conduct-desk.ts'
import type { Conduct, ConductDesk } from './conduct-desk.ts'
import { createDurableRecords } from './durable-records.ts'
import { endLost } from './end-lost.ts'
import { judgeApproval } from './judge-approval.ts'
import type { ApprovalChoice } from './judge-approval.ts'
import { judgeRequest } from './judge-request.ts'
import type { RequestVerdict } from './judge-request.ts'
import { createSwitchDesk } from './switch-desk.ts'
import type { SwitchDesk } from './switch-desk.ts'
import { nextLocalMidnight } from './session-deadline.ts'
import { createSessionKeeper } from './session-keeper.ts'

export interface ApprovalDeskOptions {
  readonly settings: AgentSettings
  readonly spiffeId: string
  /** Of this process. */
  readonly boot: string
  readonly database: StateDatabase
  readonly events: EventStore
  readonly history: HistoryStore
  readonly quiet: QuietStore
  readonly switches: SwitchStore
  readonly remote: RemoteStore
  readonly acts: ActStore
  readonly services: ServiceTable
  readonly operators: OperatorList
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Signs with the device's key. @throws when the device has none yet */
  readonly sign: (claims: ApprovalClaims) => string
  /** Destroys every stream of a session, which is over, before it returns. */
  readonly cutSession: (session: string) => void
  /** The same of one that goes on. */
  readonly cutStreams: (session: string) => void
  /** Holds for every stream of the session when it returns. */
  readonly conduct: (session: string, conduct: Conduct) => void
  /** As `judgeLosses` takes it. */
  readonly panelGoneSinceMs: () => number | null
  readonly onChange: () => void
  /** Remote service as a whole was turned. */
  readonly onRemote: (on: boolean) => void
}

export interface ApprovalDesk extends SwitchDesk, ConductDesk {
  readonly pending: PendingRequest | null
  readonly live: LiveSession | null
  /** The live session with this id, as long as its time is not over. */
  alive(session: string): LiveSession | 'expired' | null
  /** Puts a checked request before the operator. */
  show(body: ShowRequestBody): RequestVerdict
  /** @throws AgentError `no_such_request`, `not_durable`, and what `judgeApproval` throws; the request then stays */
  approve(session: string, choice: ApprovalChoice): void
  /** @throws AgentError `no_such_request`, `unknown_operator` */
  refuse(session: string, how: 'refused' | 'not_now' | 'not_today', by: string | null): void
  /** The operator's end: streams are cut when it returns, whatever the disk or the gateway do. */
  endByOperator(by: string | null): void
  /** The gateway takes a request back or ends a session; unknown ids change nothing. */
  endByGateway(session: string, reason: string, by: string | null): void
  unquiet(technicianId: string): void
  panelChanged(connected: boolean): void
  pinPaused(operator: string, wrong: number): void
  tunnelUp(): void
  tunnelDown(): void
  /** Ends what lives: an approval never outlives the process that shows it. */
  close(): void
}

const notNowMs = 10 * 60_000
const lookEveryMs = 1_000

/** One request, one session at a time, and the operator's word over both. */
export function createApprovalDesk(options: ApprovalDeskOptions): ApprovalDesk {
  const { settings, clock, logger, history, events, services, operators, quiet } = options
  let pending: PendingRequest | null = null
  let timer: Timer | undefined
  const records = createDurableRecords(options)

  const now = (): Moment => momentOf(clock)

  /** Narrowing is written now or at one of the next looks. */
  const record = (write: () => void): void => {
    records.record(write)
    if (records.behind) look()
  }
  const event = (body: AgentEventBody): void => events.append(body, clock.nowMs())

  const putDropped = (shown: PendingRequest, outcome: HistoryOutcome, reason: string | null, by: string | null): void => {
    if (shown.request.kind === 'extend') return
    const { technician, session } = shown.request
    const endedAtMs = clock.nowMs()
    history.put({ session, technician, startedAtMs: shown.shownAtMs, endedAtMs, outcome, reason, by })
  }

  const refusePending = (shown: PendingRequest, how: 'refused' | 'timeout' | 'not_now' | 'not_today', by: string | null): void => {
    pending = null
    const { session, kind } = shown.request
    record(() => {
      putDropped(shown, how, null, by)
      event({ type: 'request.refused', session, kind, how, by })
    })
    logger.info({ session, kind, how }, 'a request was refused')
    options.onChange()
  }

  const check = (): void => {
    records.flush()
    if (pending !== null && isPast(pending.decideBy, now())) refusePending(pending, 'timeout', null)
    keeper.check()
    look()
  }
  const look = (): void => {
    timer?.cancel()
    if (pending === null && keeper.live === null && !records.behind) return
    const waits = [pending?.decideBy.monotonicMs ?? null, keeper.dueMs].filter((at) => at !== null).map((at) => at - clock.monotonicMs())
    timer = clock.after(Math.max(0, Math.min(lookEveryMs, ...waits)), check)
  }

  const shownFor = (session: string): PendingRequest => {
    if (pending === null || pending.request.session !== session || isPast(pending.decideBy, now())) {
      throw new AgentError({ code: 'no_such_request', message: 'This request is no longer there.' })
    }
    return pending
  }

  const keeper = createSessionKeeper({
    ...options,
    losses: settings.losses,
    record,
    event,
    pause: () => conduct.narrow({ paused: true }, null),
    onEnd: () => {
      if (pending?.request.kind === 'extend') pending = null
      options.onChange()
    },
  })
  const conduct = createConductDesk({ ...options, records, record, event, live: () => keeper.live, setLive: keeper.set })

  endLost(options)

  return {
    get pending() {
      return pending
    },
    get live() {
      return keeper.live
    },
    alive: keeper.alive,
    show: ({ request, photo }) => {
      if (records.behind) return { kind: 'refuse', status: 409, code: 'busy', message: 'the device cannot write its records' }
      const digest = requestDigest(request)
      const verdict = judgeRequest({
        request,
        digest,
        nowS: clock.nowS(),
        deviceId: settings.device.id,
        trustDomain: settings.gateway.trustDomain,
        pending,
        live: keeper.live,
        quiet: quiet.list(clock.nowMs()),
        services,
        known: history.knows(request.session),
      })
      if (verdict.kind !== 'show') return verdict
      const waitMs = Math.min(settings.requestTimeoutS * 1000, request.expires_at * 1000 - clock.nowMs())
      pending = { request, digest, photo, shownAtMs: clock.nowMs(), decideBy: later(now(), waitMs) }
      logger.info({ session: request.session, kind: request.kind, services: request.services }, 'a request is shown')
      look()
      options.onChange()
      return verdict
    },
    approve: (session, choice) => {
      const shown = shownFor(session)
      const { request } = shown
      const { live } = keeper
      const terms = judgeApproval({ pending: shown, live, choice, services, nowS: clock.nowS() })
      const claims = { shown, terms, spiffeId: options.spiffeId, trustDomain: settings.gateway.trustDomain, boot: options.boot }
      const approval = options.sign(approvalClaims({ ...claims, jti: options.random.hex(16), nowS: clock.nowS() }))
      const before = request.kind === 'extend' ? live : null
      const next = approvedSession({ shown, terms, approval, before, now: now() })
      records.commit(() => {
        event({ type: 'approval.given', session, approval })
        if (before === null)
          history.put({
            session,
            technician: request.technician,
            startedAtMs: next.startedAtMs,
            endedAtMs: null,
            outcome: 'approved',
            reason: null,
            by: null,
          })
      })
      pending = null
      keeper.set(next)
      // An extension may leave services out: their streams have no approval any more.
      if (before !== null && before.services.some((service) => !next.services.includes(service))) options.cutStreams(session)
      logger.info({ session, kind: request.kind, services: next.services, expires_at: next.expiresAtS }, 'a session was approved')
      look()
      options.onChange()
    },
    refuse: (session, how, by) => {
      const shown = shownFor(session)
      if (by !== null) operators.known(by)
      const { technician } = shown.request
      if (how !== 'refused') {
        const untilMs = how === 'not_now' ? clock.nowMs() + notNowMs : nextLocalMidnight(clock.nowMs())
        record(() => quiet.put({ technician, how, untilMs }))
      }
      refusePending(shown, how, by)
    },
    ...conduct,
    endByOperator: (by) => keeper.end('ended_by_operator', by !== null && operators.find(by) !== null ? by : null, 'ended_by_operator'),
    endByGateway: (session, reason, by) => {
      const shown = pending
      if (shown?.request.session === session) {
        pending = null
        record(() => putDropped(shown, 'withdrawn', reason, by))
        options.onChange()
      }
      if (keeper.live?.id === session) keeper.end(reason, by, null)
    },
    ...createSwitchDesk({
      ...options,
      records,
      record,
      event,
      endUsing: (service, by, cause) => {
        if (keeper.live?.services.includes(service) !== true) return false
        keeper.end('switch_off', by, 'switch_off', cause)
        return true
      },
      endAll: (by) => {
        keeper.end('switch_off', by, 'switch_off')
        if (pending !== null) refusePending(pending, 'refused', by)
      },
    }),
    unquiet: (technicianId) => {
      records.commit(() => quiet.remove(technicianId))
      options.onChange()
    },
    pinPaused: (operator, wrong) =>
      record(() => {
        options.acts.put({ atMs: clock.nowMs(), act: 'pin_paused', service: null, by: operator })
        event({ type: 'pin.paused', operator, wrong })
      }),
    panelChanged: (connected) => record(() => event({ type: 'panel.changed', connected })),
    tunnelUp: keeper.tunnelUp,
    tunnelDown: () => {
      keeper.tunnelDown()
      look()
    },
    close: () => {
      keeper.end('device_lost', null, 'device_lost')
      const shown = pending
      pending = null
      if (shown !== null) record(() => putDropped(shown, 'withdrawn', 'device_lost', null))
      timer?.cancel()
    },
  }
}
