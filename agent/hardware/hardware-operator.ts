import type { OperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import { nobodysButton } from './hardware-settings.ts'

/**
 * Who stands behind a press of the button: that somebody was at the machine is all it shows, so it loosens no mode.
 *
 * @throws AgentError `unknown_operator` when the customer's list has the name no more
 */
export function hardwareOperator(name: string, operators: OperatorList): IdentifiedOperator {
  if (name !== nobodysButton) operators.known(name)
  return { name, proof: 'hardware', mayLoosen: false } as IdentifiedOperator
}
