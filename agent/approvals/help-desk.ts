import { AgentError } from '../basics/agent-error.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { HelpStore, OpenCall } from '../state/help-store.ts'
import type { HelpCall } from '../wire/help-call.ts'
import type { SessionRequest } from '../wire/session-request.ts'
import { later, momentOf } from './approval-state.ts'
import type { LiveSession, Moment } from './approval-state.ts'
import type { LettingCall } from './standing-consent.ts'
import type { StandingDeskParts } from './standing-desk-parts.ts'

export type HelpChoice = Pick<HelpCall, 'what' | 'ticket' | 'services'>

/** Calls for help: they let nobody in, unless the operator says so for one call. */
export interface HelpDesk {
  /** The call that is open, or null. */
  readonly call: OpenCall | null
  /** Whoever takes it waits for a press. @throws AgentError `bad_request`, `unknown_service`, `unknown_operator`, `switch_off`, `help_open`, `not_durable` */
  callForHelp(choice: HelpChoice, by: string): void
  /** Whom the gateway sends for it within `minutes` comes in without a press, and is out when they are over. @throws as `callForHelp` */
  callAndLetIn(choice: HelpChoice, minutes: number, by: IdentifiedOperator): void
  /** Holds at once, and ends who is in by the call's consent alone. @throws AgentError `unknown_operator`, `no_call` */
  withdrawCall(by: string): void
}

/** What the approval desk tells it. */
export interface HelpFollower {
  readonly letting: LettingCall | null
  /** To be written with the approval of this request. */
  writeTaken(request: SessionRequest): void
  sessionEnded(ended: LiveSession): void
  /** Remote service as a whole goes off. */
  drop(by: string | null): void
  /** The wall clock was set: whoever comes for the call waits for a press. */
  voidLetting(): void
}

export interface HelpDeskOptions extends StandingDeskParts {
  readonly help: HelpStore
}

export const longestLettingMinutes = 8 * 60

export function createHelpDesk(options: HelpDeskOptions): { readonly desk: HelpDesk; readonly follower: HelpFollower } {
  const { help, services, operators, clock, record } = options
  const untilFor = (call: OpenCall | null): Moment | null => {
    if (call === null || call.lets_in_until === null) return null
    const now = momentOf(clock)
    return later(now, call.lets_in_until - now.wallMs)
  }
  /** Narrowing holds by this, whether the disk has taken it or not. */
  let letsInUntil = untilFor(help.get())

  const over = (write: () => void): void => {
    letsInUntil = null
    record(() => {
      help.clear()
      write()
    })
  }
  const cameByConsent = (call: OpenCall): boolean => options.live()?.id === call.session && options.live()?.mode === 'planned'
  const done = (call: OpenCall, session: string): void => over(() => options.event({ type: 'help.done', call: call.id, session }))
  const writeWithdrawn = (call: OpenCall, by: string | null): void => {
    options.acts.put({ atMs: clock.nowMs(), act: 'help_withdrawn', service: null, by: by ?? call.by })
    options.event({ type: 'help.withdrawn', call: call.id, by })
  }

  const open = (choice: HelpChoice, by: Pick<IdentifiedOperator, 'name' | 'proof'>, untilMs: number | null): void => {
    check(choice, services)
    if (help.get() !== null) throw new AgentError({ code: 'help_open', message: 'Help was called already. Withdraw that call first.' })
    const id = `hlp_${options.random.hex(16)}`
    const called: HelpCall = { ...choice, id, by: by.name, called_at: clock.nowMs(), lets_in_until: untilMs }
    const call: OpenCall = { ...called, proof: by.proof, session: null }
    options.records.commit(() => {
      help.put(call)
      options.acts.put({ atMs: clock.nowMs(), act: 'help_called', service: null, by: by.name })
      options.event({ type: 'help.called', call: called })
    })
    letsInUntil = untilFor(call)
    options.logger.info({ call: id, lets_in_until: untilMs }, 'help was called')
    options.onChange()
  }

  // A process died over the session of whoever took it.
  const before = help.get()
  if (before !== null && before.session !== null) done(before, before.session)

  const desk: HelpDesk = {
    get call() {
      return help.get()
    },
    callForHelp: (choice, by) => {
      operators.known(by)
      open(choice, { name: by, proof: 'none' }, null)
    },
    callAndLetIn: (choice, minutes, by) => {
      if (!Number.isInteger(minutes) || minutes < 1 || minutes > longestLettingMinutes)
        throw new AgentError({ code: 'bad_request', message: `Choose 1 to ${longestLettingMinutes} minutes.` })
      open(choice, by, clock.nowMs() + minutes * 60_000)
    },
    withdrawCall: (by) => {
      operators.known(by)
      const call = help.get()
      if (call === null) throw new AgentError({ code: 'no_call', message: 'Nobody calls for help any more.' })
      over(() => writeWithdrawn(call, by))
      if (cameByConsent(call)) options.end(by, () => {})
      options.logger.info({ call: call.id }, 'a call for help was withdrawn')
      options.onChange()
    },
  }
  const follower: HelpFollower = {
    get letting() {
      const call = help.get()
      return call === null || letsInUntil === null || call.session !== null ? null : { ...call, until: letsInUntil }
    },
    writeTaken: (request) => {
      const call = help.get()
      if (call !== null && call.id === request.help && request.kind === 'open') help.put({ ...call, session: request.session })
    },
    sessionEnded: ({ id }) => {
      const call = help.get()
      if (call !== null && call.session === id) done(call, id)
    },
    drop: (by) => {
      const call = help.get()
      if (call !== null) over(() => writeWithdrawn(call, by))
    },
    voidLetting: () => {
      const call = help.get()
      letsInUntil = null
      if (call === null || call.lets_in_until === null) return
      const { proof: _, session: __, ...called } = { ...call, lets_in_until: null }
      record(() => {
        help.put({ ...call, lets_in_until: null })
        // The gateway hears the same call again, as it is now.
        options.event({ type: 'help.called', call: called })
      })
      if (cameByConsent(call)) options.end(null, () => {})
    },
  }
  return { desk, follower }
}

function check({ services: chosen }: HelpChoice, services: ServiceTable): void {
  if (chosen.length === 0 || new Set(chosen).size !== chosen.length)
    throw new AgentError({ code: 'bad_request', message: 'Choose at least one service, each once.' })
  if (chosen.some((name) => services.find(name) === undefined))
    throw new AgentError({ code: 'unknown_service', message: 'There is no such service on this machine.' })
  const off = chosen.find((name) => !services.isOn(name))
  if (!services.remote || off !== undefined)
    throw new AgentError({ code: 'switch_off', message: 'Nobody can come while remote service is off. Switch it on first.' })
}
