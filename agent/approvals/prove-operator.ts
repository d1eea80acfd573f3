import { AgentError } from '../basics/agent-error.ts'
import type { Identify } from '../operators/identify.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { LiveSession } from './approval-state.ts'

export interface ProveOperatorOptions {
  readonly identify: Identify
  readonly operators: OperatorList
  readonly live: () => LiveSession | null
  readonly actsOnMachine: (service: string) => boolean
  /** The panel is a browser on the machine's own screen. */
  readonly onThisMachine: boolean
  /** Waits for a press of the button that is wired to the machine; null: there is none. @throws AgentError `needs_proof` when none comes */
  readonly awaitPress: (() => Promise<IdentifiedOperator>) | null
}

/**
 * As `identify`, and more where the technician may be the one who presses: while a session lives that can act on the machine itself, and the
 * panel is on that machine, a name alone proves nothing.
 *
 * @throws AgentError `needs_proof`, `no_session` when it ended meanwhile, and what `identify` throws
 */
export function createProveOperator(options: ProveOperatorOptions): Identify {
  const { identify, operators } = options
  const mayBeTechnician = (): boolean => options.onThisMachine && options.live()?.services.some(options.actsOnMachine) === true
  return async (name, pin) => {
    const by = await identify(name, pin)
    if (operators.pins || !mayBeTechnician()) return by
    if (options.awaitPress === null)
      throw new AgentError({
        code: 'needs_proof',
        message:
          'While somebody is in who can act on this machine, this needs a PIN or a button that is wired to it. End the session first.',
      })
    const session = options.live()?.id
    const pressed = await options.awaitPress()
    // The press was for what was on the screen: not for a session that came after it.
    if (options.live()?.id !== session) throw new AgentError({ code: 'no_session', message: 'The session is over.' })
    return pressed
  }
}
