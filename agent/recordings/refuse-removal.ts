import { AgentError } from '../basics/agent-error.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'

export interface RemovalSituation {
  /** This site has PINs. */
  readonly pins: boolean
  /** Somebody is in the machine, so that it may be he who presses. */
  readonly occupied: boolean
}

/**
 * Why this operator may not take away what was recorded, or null. Where there are PINs, it takes that of one who may loosen. Where there are none,
 * whoever stands at the paired panel may, under his name in the history, while nobody is in; or with the button that is wired to the machine.
 */
export function refuseRemoval({ proof, mayLoosen }: IdentifiedOperator, { pins, occupied }: RemovalSituation): AgentError | null {
  if (pins)
    return proof === 'pin' && mayLoosen
      ? null
      : new AgentError({ code: 'may_not_loosen', message: 'This needs the PIN of an operator who may loosen.' })
  return proof === 'hardware' || !occupied
    ? null
    : new AgentError({
        code: 'needs_proof',
        message: 'While somebody is in, no recording is taken away without a PIN. End the session first.',
      })
}
