import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { HardwareSettings } from './hardware-settings.ts'
import { hardwareOperator } from './hardware-operator.ts'

export interface PressOptions {
  readonly settings: Pick<HardwareSettings, 'operator' | 'whenLive'>
  readonly desk: Pick<ApprovalDesk, 'pending' | 'live' | 'approve' | 'endByOperator'>
  readonly operators: OperatorList
  readonly clock: Clock
  readonly logger: Logger
  /** Something of {@link ButtonPress.awaiting} is another. */
  readonly onChange: () => void
}

/** What a press of the button does. */
export interface ButtonPress {
  /** Lets in who is shown, as he asked; else ends who is in, where the settings say so. */
  press(): void
  /** Another request may be shown, or none. */
  follow(): void
  /** The next press is for what was chosen at the panel, and for nothing else. @throws AgentError `needs_proof` when none comes, or another one waits */
  awaitPress(): Promise<IdentifiedOperator>
  readonly awaiting: boolean
  /** The last press came to nothing: a problem code of the panel's API. */
  readonly refused: { readonly code: string; readonly atMs: number } | null
}

/** A request has to be shown for so long before a press can be about it. */
export const readMs = 1_500
/** So long a press may be awaited. */
export const awaitedMs = 20_000

interface Awaited {
  readonly sinceMs: number
  readonly timer: Timer
  readonly press: (by: IdentifiedOperator) => void
}

export function createButtonPress({ settings, desk, operators, clock, logger, onChange }: PressOptions): ButtonPress {
  let refused: ButtonPress['refused'] = null
  let shown: { readonly digest: string; readonly sinceMs: number } | null = null
  let awaited: Awaited | null = null
  const isRead = (sinceMs: number): boolean => clock.monotonicMs() - sinceMs >= readMs
  const act = (): void => {
    const operator = hardwareOperator(settings.operator, operators)
    const { pending, live } = desk
    if (awaited !== null) {
      if (!isRead(awaited.sinceMs)) return
      awaited.timer.cancel()
      awaited.press(operator)
      awaited = null
      return
    }
    if (pending === null) {
      if (live !== null && settings.whenLive === 'end') desk.endByOperator(operator)
      return
    }
    if (shown?.digest !== pending.digest || !isRead(shown.sinceMs)) return
    desk.approve(pending.request.session, { operator })
  }
  return {
    press: () => {
      refused = null
      try {
        act()
      } catch (error) {
        refused = { code: errorCode(error), atMs: clock.nowMs() }
        logger.warn({ error, reason: refused.code }, 'the button was pressed, and nothing came of it')
      }
    },
    follow: () => {
      const { pending } = desk
      if (pending === null) shown = null
      else if (shown?.digest !== pending.digest) shown = { digest: pending.digest, sinceMs: clock.monotonicMs() }
    },
    awaitPress: () =>
      new Promise((resolve, reject) => {
        // What is under the finger stays what it is.
        if (awaited !== null) return reject(needsProof('Something else already waits for the button at the machine.'))
        const timer = clock.after(awaitedMs, () => {
          awaited = null
          reject(needsProof('Nobody pressed the button at the machine.'))
          onChange()
        })
        awaited = { sinceMs: clock.monotonicMs(), timer, press: resolve }
        onChange()
      }),
    get awaiting() {
      return awaited !== null
    },
    get refused() {
      return refused
    },
  }
}

const needsProof = (message: string): AgentError => new AgentError({ code: 'needs_proof', message })
