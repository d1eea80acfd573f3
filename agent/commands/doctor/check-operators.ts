import { readOperatorFile } from '../../operators/operator-list.ts'
import type { Operator } from '../../operators/operator.ts'
import type { AgentSettings } from '../../settings/agent-settings.ts'
import { failed, ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

type Looked = Pick<AgentSettings, 'operators' | 'services' | 'hardware' | 'panel'>

/** There is somebody who can let in, and he can show that it is not the technician who presses. */
export function checkOperators(settings: Looked): Finding {
  let operators: readonly Operator[]
  try {
    operators = 'file' in settings.operators ? readOperatorFile(settings.operators.file) : settings.operators
  } catch (error) {
    const why = error instanceof Error ? error.message : 'The list of operators cannot be read.'
    return failed('operators', why, 'Mend it: sallyport-agent operator set NAME. Until then nobody can be let in.')
  }
  if (operators.length === 0)
    return failed('operators', 'The list of operators is empty: nobody can be let in.', 'Name one: sallyport-agent operator set NAME')
  if (operators.some(({ pinHash }) => pinHash !== null)) return ok('operators', `${operators.length} may let in, by PIN.`)
  const acting = [...settings.services.values()].filter(({ actsOnMachine }) => actsOnMachine).map(({ name }) => name)
  if (acting.length === 0 || !settings.panel.onThisMachine || settings.hardware.button !== null)
    return ok('operators', `${operators.length} may let in, without a PIN.`)
  return warning(
    'operators',
    `Nobody has a PIN, no button is wired, and ${acting.join(', ')} can act on this machine, and so on its panel: while such a session lives, it cannot be prolonged, taken out of a pause or view only, and nothing can be switched on. Ending and pausing work.`,
    'Give the operators PINs: sallyport-agent operator set NAME. Or wire a button (hardware.button), or say which services cannot act on the machine ("actsOnMachine": false), or that the panel is on another screen ("onThisMachine": false).',
  )
}
