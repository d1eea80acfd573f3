import { AgentError } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { WrongPinStore } from '../state/wrong-pin-store.ts'
import { unknownOperator } from './operator-list.ts'
import type { OperatorList } from './operator-list.ts'
import type { IdentifiedOperator } from './operator.ts'
import { isPin } from './pin-hash.ts'

/** So often in a row a PIN may be wrong; then, and after each one more, its owner has to wait, twice as long each time. */
export const freeTries = 5
export const firstPauseMs = 30_000
export const longestPauseMs = 15 * 60_000
/** Tries that wait for the one that is checked. */
const mostWaiting = 8

export interface IdentifyOptions {
  readonly operators: OperatorList
  readonly wrongPins: WrongPinStore
  readonly clock: Clock
  readonly logger: Logger
  /** A PIN was wrong so often that its owner has to wait. */
  readonly onPaused: (operator: string, wrong: number) => void
}

/**
 * Checks who presses. A PIN that is tried counts as wrong, durably, until it was found to be right: nothing is gained by pulling the plug.
 *
 * @throws AgentError `unknown_operator`, `no_pin_yet`, `pin_needed`, `wrong_pin`, `too_many_pins`, `not_durable`
 */
export type Identify = (name: string, pin: string | null) => Promise<IdentifiedOperator>

export function createIdentify({ operators, wrongPins, clock, logger, onPaused }: IdentifyOptions): Identify {
  const pausedUntilMs = new Map<string, number>()
  for (const { name, wrong } of wrongPins.list()) if (wrong >= freeTries) pausedUntilMs.set(name, clock.monotonicMs() + pauseMs(wrong))
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  const check = async (name: string, pin: string): Promise<IdentifiedOperator> => {
    // Read anew: the list may have changed while others were checked.
    const hash = operators.find(name)?.pinHash ?? null
    if (hash === null) throw unknownOperator()
    const waitMs = (pausedUntilMs.get(name) ?? 0) - clock.monotonicMs()
    if (waitMs > 0) throw tooMany(waitMs)
    const wrong = counted(name)
    if (await isPin(pin, hash)) {
      wrongPins.forget(name)
      pausedUntilMs.delete(name)
      return known(name, 'pin', operators.find(name)?.mayLoosen === true)
    }
    logger.warn({ operator: name, wrong }, 'a PIN was wrong')
    if (wrong < freeTries) throw new AgentError({ code: 'wrong_pin', message: 'This PIN is wrong.' })
    pausedUntilMs.set(name, clock.monotonicMs() + pauseMs(wrong))
    onPaused(name, wrong)
    throw tooMany(pauseMs(wrong))
  }

  const counted = (name: string): number => {
    try {
      return wrongPins.add(name)
    } catch (error) {
      logger.error({ error }, 'a PIN cannot be tried: the state cannot be written')
      const message = 'The machine cannot write its records, so nothing new is allowed. Check its disk.'
      throw new AgentError({ code: 'not_durable', message, cause: error })
    }
  }

  return async (name, pin) => {
    const operator = operators.find(name)
    if (operator === null) throw unknownOperator()
    if (!operators.pins) return known(name, 'none', false)
    // Otherwise one would choose the name of somebody who has none.
    if (operator.pinHash === null)
      throw new AgentError({
        code: 'no_pin_yet',
        message: 'This name has no PIN yet, and this machine asks for one. Whoever keeps the list can set it.',
      })
    if (pin === null) throw new AgentError({ code: 'pin_needed', message: 'Type your PIN.' })
    if (waiting >= mostWaiting) throw tooMany(1_000)
    waiting += 1
    const mine = last.then(() => check(name, pin)).finally(() => (waiting -= 1))
    last = mine.catch(() => {})
    return await mine
  }
}

const known = (name: string, proof: 'none' | 'pin', mayLoosen: boolean): IdentifiedOperator =>
  ({ name, proof, mayLoosen }) as IdentifiedOperator

const pauseMs = (wrong: number): number => Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(30, wrong - freeTries))

const tooMany = (waitMs: number): AgentError =>
  new AgentError({
    code: 'too_many_pins',
    message: `Too many wrong PINs for this name. Try again in ${Math.ceil(waitMs / 1000)} s.`,
    retryS: Math.ceil(waitMs / 1000),
  })
