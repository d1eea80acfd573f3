import { AgentError } from '../basics/agent-error.ts'
import type { Timer } from '../basics/clock.ts'
import type { AgentEventBody } from '../state/event-store.ts'
import type { HistoryOutcome } from '../state/history-store.ts'
import { requestDigest } from '../wire/session-request.ts'
import { approvalClaims, approvedSession } from './approval-claims.ts'
import { isPast, later, momentOf } from './approval-state.ts'
import type { LiveSession, Moment, PendingRequest } from './approval-state.ts'
import { createChatDesk } from './chat-desk.ts'
import { createConductDesk } from './conduct-desk.ts'
import { createDurableRecords } from './durable-records.ts'
import { endLost } from './end-lost.ts'
import { judgeApproval } from './judge-approval.ts'
import type { ApprovalTerms } from './judge-approval.ts'
import { judgeRequest } from './judge-request.ts'
import { createSwitchDesk } from './switch-desk.ts'
import { nextLocalMidnight } from './session-deadline.ts'
import { createHelpDesk } from './help-desk.ts'
import { createLastLeave } from './last-leave.ts'
import { createModeDesk } from './mode-desk.ts'
import { createSessionKeeper } from './session-keeper.ts'
import { standingConsent } from './standing-consent.ts'
import type { ApprovalDesk, ApprovalDeskOptions } from './desk-contract.ts'

const notNowMs = 10 * 60_000
const lookEveryMs = 1_000

/** One request, one session at a time, and the operator's word over both. */
export function createApprovalDesk(options: ApprovalDeskOptions): ApprovalDesk {
  const { settings, clock, logger, history, events, services, operators, quiet, modes } = options
  let pending: PendingRequest | null = null
  const leave = createLastLeave()
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
    const { session, kind, technician } = shown.request
    if (how !== 'timeout') leave.refused(technician.id)
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
    onEnd: (ended, reason) => {
      leave.sessionEnded(ended, reason, now())
      help.follower.sessionEnded(ended)
      if (pending?.request.kind === 'extend') pending = null
      options.onChange()
    },
  })
  const conduct = createConductDesk({ ...options, records, record, event, live: () => keeper.live, setLive: keeper.set })

  const live = (): LiveSession | null => keeper.live
  const end = (by: string | null, cause: () => void): void => keeper.end('ended_by_operator', by, 'ended_by_operator', cause)
  endLost(options)
  const help = createHelpDesk({ ...options, records, record, event, live, end })
  const modeDesk = createModeDesk({ ...options, records, record, event, live, end })

  /** What a press or a standing consent means: signed, durable, then in force. */
  const give = (shown: PendingRequest, terms: ApprovalTerms): void => {
    const { request } = shown
    const { session } = request
    const claims = { shown, terms, spiffeId: options.spiffeId, trustDomain: settings.gateway.trustDomain, boot: options.boot }
    const approval = options.sign(approvalClaims({ ...claims, jti: options.random.hex(16), nowS: clock.nowS() }))
    const before = request.kind === 'extend' ? keeper.live : null
    const next = approvedSession({ shown, terms, approval, before, now: now() })
    records.commit(() => {
      event({ type: 'approval.given', session, approval })
      help.follower.writeTaken(request)
      const { technician } = request
      const entry = { session, technician, startedAtMs: next.startedAtMs, endedAtMs: null, reason: null, by: null }
      if (before === null) history.put({ ...entry, outcome: 'approved' })
    })
    pending = null
    keeper.set(next)
    // An extension may leave services out: their streams have no approval any more.
    if (before !== null && before.services.some((service) => !next.services.includes(service))) options.cutStreams(session)
    logger.info(
      { session, kind: request.kind, mode: next.mode, services: next.services, expires_at: next.expiresAtS },
      'a session was approved',
    )
    look()
    options.onChange()
  }
  /** Let in before he asked, for every service that he asks for; false: somebody has to press. */
  const letInByConsent = (shown: PendingRequest): boolean => {
    const { request } = shown
    const consent = standingConsent({
      request,
      modeOf: modes.modeOf,
      windows: modes.windows(clock.nowMs()),
      needsPress: services.needsPress,
      left: leave.left,
      call: help.follower.letting,
      now: now(),
    })
    if (consent === null) return false
    const { by: name, proof, mode, expiresAtS } = consent
    give(shown, { operator: { name, proof }, services: request.services, expiresAtS, mode })
    return true
  }

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
      options.lookAtClock()
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
        call: help.desk.call,
        known: history.knows(request.session),
      })
      if (verdict.kind !== 'show') return verdict
      const waitMs = Math.min(settings.requestTimeoutS * 1000, request.expires_at * 1000 - clock.nowMs())
      const asked = { request, digest, photo, shownAtMs: clock.nowMs(), decideBy: later(now(), waitMs) }
      if (letInByConsent(asked)) return verdict
      pending = asked
      logger.info({ session: request.session, kind: request.kind, services: request.services }, 'a request is shown')
      look()
      options.onChange()
      return verdict
    },
    approve: (session, choice) => {
      const shown = shownFor(session)
      give(shown, judgeApproval({ pending: shown, live: keeper.live, choice, services, nowS: clock.nowS() }))
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
    ...createChatDesk({ ...options, records, event, live }),
    endByOperator: (by) => {
      const name = typeof by === 'string' ? (operators.find(by)?.name ?? null) : (by?.name ?? null)
      keeper.end('ended_by_operator', name, 'ended_by_operator')
      // He may have left in the moment before.
      leave.forget()
    },
    endByGateway: (session, reason, by) => {
      const shown = pending
      if (shown?.request.session === session) {
        pending = null
        record(() => putDropped(shown, 'withdrawn', reason, by))
        options.onChange()
      }
      if (keeper.live?.id === session) keeper.end(reason, by, null)
    },
    ...modeDesk,
    voidWindows: () => {
      modeDesk.voidWindows()
      help.follower.voidLetting()
    },
    get call() {
      return help.desk.call
    },
    callForHelp: help.desk.callForHelp,
    callAndLetIn: help.desk.callAndLetIn,
    withdrawCall: help.desk.withdrawCall,
    ...createSwitchDesk({
      ...options,
      records,
      record,
      event,
      endUnpressed: (service) => {
        if (keeper.live?.services.includes(service) === true && keeper.live.mode !== 'attended')
          keeper.end('switch_off', null, 'switch_off')
      },
      endUsing: (service, by, cause) => {
        leave.barred(service)
        if (keeper.live?.services.includes(service) !== true) return false
        keeper.end('switch_off', by, 'switch_off', cause)
        return true
      },
      endAll: (by) => {
        leave.forget()
        keeper.end('switch_off', by, 'switch_off')
        if (pending !== null) refusePending(pending, 'refused', by)
        help.follower.drop(by)
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
    watched: (session, watched) => record(() => event({ type: 'session.watched', session, watched })),
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
