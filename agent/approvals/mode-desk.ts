import { AgentError } from '../basics/agent-error.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { ModeStore, PlannedWindow, ServiceMode } from '../state/mode-store.ts'
import type { LiveSession } from './approval-state.ts'
import type { StandingDeskParts } from './standing-desk-parts.ts'

/** What may be chosen for a service. */
export type ModeChoice =
  | { readonly mode: 'attended' }
  | { readonly mode: 'unattended' }
  | { readonly mode: 'reconnect'; readonly minutes: number }

export type WindowChoice = Pick<PlannedWindow, 'technician' | 'services' | 'fromMs' | 'untilMs'>

/** How services may be entered without a press. Set here alone: no gateway can choose it. */
export interface ModeDesk {
  isLooser(service: string, choice: ModeChoice): boolean
  /** @throws AgentError `unknown_service`, `never_unattended`, `may_not_loosen`, `not_durable` */
  loosen(service: string, choice: ModeChoice, by: IdentifiedOperator): void
  /** Holds at once, and ends who is in by the consent that is taken back. @throws AgentError `unknown_service`, `unknown_operator` */
  tighten(service: string, choice: ModeChoice, by: string): void
  /** @throws AgentError `unknown_service`, `never_unattended`, `bad_request`, `may_not_loosen`, `not_durable` */
  plan(choice: WindowChoice, by: IdentifiedOperator): void
  /** As `tighten`. @throws AgentError `no_such_window`, `unknown_operator` */
  withdraw(id: string, by: string): void
  /** The wall clock was set: what was planned by it is void. */
  voidWindows(): void
}

export interface ModeDeskOptions extends StandingDeskParts {
  readonly modes: ModeStore
}

export const longestReconnectMinutes = 24 * 60
const longestWindowMs = 14 * 86_400_000
const furthestWindowMs = 90 * 86_400_000
const mostWindows = 100

export function createModeDesk(options: ModeDeskOptions): ModeDesk {
  const { modes, services, operators, clock } = options
  const known = (service: string): void => {
    if (services.find(service) === undefined)
      throw new AgentError({ code: 'unknown_service', message: 'There is no such service on this machine.' })
  }
  const mayBeAlone = (service: string): void => {
    known(service)
    if (services.find(service)?.enabling === true)
      throw new AgentError({
        code: 'never_unattended',
        message: `${services.title(service)} is used only while somebody at the machine holds the enabling switch.`,
      })
  }
  const mayLoosen = ({ proof, mayLoosen: may }: IdentifiedOperator): void => {
    if (proof === 'none' || !may)
      throw new AgentError({
        code: 'may_not_loosen',
        message: 'This needs the PIN of an operator who may loosen; whoever keeps the list of operators can give him that.',
      })
  }
  const write = (service: string, mode: ServiceMode, by: string): void => {
    const minutes = mode.mode === 'reconnect' ? mode.minutes : null
    modes.setMode(service, mode)
    options.acts.put({ atMs: clock.nowMs(), act: `mode_${mode.mode}`, service, by })
    options.event({ type: 'mode.changed', service, mode: mode.mode, minutes, by })
  }
  /** Somebody is in by the consent that is taken back. */
  const endIf = (isBy: (live: LiveSession) => boolean, by: string | null, cause: () => void): void => {
    const live = options.live()
    if (live !== null && isBy(live)) options.end(by, cause)
    else options.record(cause)
  }
  const writeWindow = (window: PlannedWindow, planned: boolean, by: string | null): void => {
    const { technician, services: covered, fromMs, untilMs } = window
    options.acts.put({
      atMs: clock.nowMs(),
      act: planned ? 'window_planned' : 'window_withdrawn',
      service: null,
      by: by ?? technician.name,
    })
    options.event({
      type: 'window.changed',
      planned,
      technician: technician.id,
      services: covered,
      from: Math.floor(fromMs / 1000),
      until: Math.floor(untilMs / 1000),
      by,
    })
  }
  const drop = (window: PlannedWindow, by: string | null): void => {
    modes.withdraw(window.id)
    writeWindow(window, false, by)
  }
  const isIn = ({ technician, services: covered }: PlannedWindow) => {
    return (live: LiveSession): boolean =>
      live.mode === 'planned' && live.technician.id === technician.id && live.services.some((service) => covered.includes(service))
  }
  const desk: ModeDesk = {
    isLooser: (service, choice) => looseness(choice) > looseness(modes.modeOf(service)),
    loosen: (service, choice, by) => {
      mayBeAlone(service)
      mayLoosen(by)
      const mode = choice.mode === 'attended' ? { mode: choice.mode } : { ...choice, by: by.name, proof: by.proof }
      options.records.commit(() => write(service, mode, by.name))
      options.logger.info({ service, ...choice }, 'a service may be entered in another way')
      options.onChange()
    },
    tighten: (service, choice, by) => {
      known(service)
      operators.known(by)
      const before = modes.modeOf(service)
      if (desk.isLooser(service, choice)) throw new AgentError({ code: 'may_not_loosen', message: 'This is looser, not stricter.' })
      const mode = choice.mode === 'reconnect' && before.mode === 'reconnect' ? { ...before, minutes: choice.minutes } : strict(choice, by)
      endIf(
        (live) => live.mode === before.mode && before.mode !== mode.mode && live.services.includes(service),
        by,
        () => write(service, mode, by),
      )
      options.logger.info({ service, ...choice }, 'a service may be entered in a stricter way')
      options.onChange()
    },
    plan: (choice, by) => {
      for (const service of choice.services) mayBeAlone(service)
      mayLoosen(by)
      const nowMs = clock.nowMs()
      const problem = windowProblem(choice, nowMs, modes.windows(nowMs).length)
      if (problem !== null) throw new AgentError({ code: 'bad_request', message: problem })
      const window = { ...choice, id: options.random.hex(8), by: by.name, proof: by.proof }
      options.records.commit(() => {
        modes.plan(window)
        writeWindow(window, true, by.name)
      })
      options.onChange()
    },
    withdraw: (id, by) => {
      operators.known(by)
      const window = modes.windows(clock.nowMs()).find((one) => one.id === id)
      if (window === undefined) throw new AgentError({ code: 'no_such_window', message: 'This window is not planned any more.' })
      endIf(isIn(window), by, () => drop(window, by))
      options.onChange()
    },
    voidWindows: () => {
      const windows = modes.windows(0)
      if (windows.length === 0) return
      options.logger.warn({ windows: windows.length }, 'the wall clock was set: planned windows are void')
      const dropAll = (): void => {
        for (const window of windows) drop(window, null)
      }
      endIf((live) => windows.some((window) => isIn(window)(live)), null, dropAll)
      options.onChange()
    },
  }
  return desk
}

/** Attended, then coming back for longer and longer, then unattended. */
function looseness(choice: ModeChoice): number {
  if (choice.mode === 'attended') return 0
  return choice.mode === 'unattended' ? Number.POSITIVE_INFINITY : choice.minutes
}

/** From unattended to coming back is stricter; the word is now of whoever says so, who showed nobody who he is. */
function strict(choice: ModeChoice, by: string): ServiceMode {
  return choice.mode === 'reconnect' ? { mode: 'reconnect', minutes: choice.minutes, by, proof: 'none' } : { mode: 'attended' }
}

function windowProblem({ services, fromMs, untilMs }: WindowChoice, nowMs: number, planned: number): string | null {
  if (services.length === 0 || new Set(services).size !== services.length) return 'Choose at least one service, each once.'
  if (untilMs <= fromMs || untilMs <= nowMs) return 'The end must be after the beginning, and in the future.'
  if (untilMs - fromMs > longestWindowMs) return `A window lasts at most ${longestWindowMs / 86_400_000} days.`
  if (fromMs - nowMs > furthestWindowMs) return `A window begins within ${furthestWindowMs / 86_400_000} days.`
  return planned >= mostWindows ? `At most ${mostWindows} windows can be planned. Withdraw one first.` : null
}
