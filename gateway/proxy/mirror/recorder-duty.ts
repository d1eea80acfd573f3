import type { Clock, Timer } from '../../basics/clock.ts'

/**
 * Where policy demands that pages are recorded (`limits.record`): whoever uses the service without a recorder that reports for longer than {@link recorderGraceMs}
 * loses the session, and what could change the machine does not pass meanwhile. A recorder's word is a claim: that one runs is all that is known here.
 */
export interface RecorderDuty {
  readonly demanded: boolean
  /** A recorder's first word reached the operator's side. Gives back the way to say that it is gone. */
  reporting(): () => void
  /** Something of the machine goes to the browser. */
  used(): void
  /**
   * A page of its own goes to the browser with a recorder in it: that one has to report, whatever others do. Gives back the way to say that the browser left before it
   * was there, to be called once: soon enough, it owes nothing where others report.
   */
  pageSent(): () => void
  /** Whether a recorder reports now, or does so soon; `over` ends the waiting. */
  whenReporting(over: AbortSignal): Promise<boolean>
  stop(): void
}

export interface RecorderDutyOptions {
  readonly demanded: boolean
  readonly clock: Clock
  /** Requests and WebSockets of the service that are under way. */
  readonly underWay: () => number
  /** The session has to end. */
  readonly onLost: () => void
}

/** For a page on a slow line to come, with its recorder, and for one to come back behind a gap. */
export const recorderGraceMs = 30_000
/** Pages open their own connections beside the recorder's: those wait for it so long. */
export const recorderWaitMs = 10_000
export const mostWaiting = 64
/** The recorder stands at the start of its page: one that came so far would have reported by then. */
export const leftWithinMs = 5_000

export function createRecorderDuty(options: RecorderDutyOptions): RecorderDuty {
  return options.demanded ? demandedDuty(options) : freeOfDuty
}

const freeOfDuty: RecorderDuty = {
  demanded: false,
  reporting: () => () => {},
  used: () => {},
  pageSent: () => () => {},
  whenReporting: () => Promise.resolve(true),
  stop: () => {},
}

function demandedDuty({ clock, underWay, onLost }: RecorderDutyOptions): RecorderDuty {
  let reporting = 0
  let due: Timer | undefined
  /** What is due by something that passed; else by what was under way when the last recorder left, and may be over by then. */
  let isUsed = false
  let isStopped = false
  /** Pages that were sent since a recorder reported first, and whose turn that is. */
  let owed = 0
  let turn = 0
  const waiting = new Set<() => void>()

  const fall = (): void => {
    due = undefined
    if (isUsed || owed > 0 || underWay() > 0) onLost()
  }
  const arm = (used: boolean): void => {
    isUsed ||= used
    if (!isStopped) due ??= clock.after(recorderGraceMs, fall)
  }
  const disarm = (): void => {
    due?.cancel()
    due = undefined
    isUsed = false
    owed = 0
    turn += 1
  }
  return {
    demanded: true,
    reporting() {
      let isHere = true
      reporting += 1
      disarm()
      for (const wake of waiting) wake()
      return () => {
        if (!isHere) return
        isHere = false
        reporting -= 1
        if (reporting === 0 && underWay() > 0) arm(false)
      }
    },
    used() {
      if (reporting === 0) arm(true)
    },
    pageSent() {
      const sent = { turn, atMs: clock.monotonicMs() }
      owed += 1
      arm(false)
      return () => {
        if (sent.turn !== turn || reporting === 0 || clock.monotonicMs() - sent.atMs >= leftWithinMs) return
        owed -= 1
        if (owed === 0 && !isUsed) disarm()
      }
    },
    whenReporting(over) {
      if (reporting > 0) return Promise.resolve(true)
      if (over.aborted || isStopped || waiting.size >= mostWaiting) return Promise.resolve(false)
      return new Promise((resolve) => {
        const end = (reports: boolean): void => {
          waiting.delete(wake)
          timer.cancel()
          over.removeEventListener('abort', onOver)
          resolve(reports)
        }
        const wake = (): void => end(true)
        const onOver = (): void => end(false)
        const timer = clock.after(recorderWaitMs, onOver)
        over.addEventListener('abort', onOver, { once: true })
        waiting.add(wake)
      })
    },
    stop() {
      isStopped = true
      disarm()
    },
  }
}
