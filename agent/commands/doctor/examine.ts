import { AgentError } from '../../basics/agent-error.ts'
import type { Clock } from '../../basics/clock.ts'
import type { AgentSettings } from '../../settings/agent-settings.ts'
import { askStatus } from '../../status/ask-status.ts'
import { checkCertificate } from './check-certificate.ts'
import { credentialFile } from '../key-credential.ts'
import { checkHardware } from './check-hardware.ts'
import { checkKey } from './check-key.ts'
import { checkNetwork } from './check-network.ts'
import { checkOperators } from './check-operators.ts'
import { checkState } from './check-state.ts'
import { checkTrust } from './check-trust.ts'
import { checkWay } from './check-way.ts'
import { failed, ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

export interface Examination {
  readonly load: () => Promise<AgentSettings>
  readonly clock: Clock
}

/**
 * Looks at everything that an agent needs, from inside to outside, and changes nothing. It dials the gateway, also where remote service is off, and shows
 * no certificate there: nothing of this machine is told. Never throws: what cannot be looked at is a finding.
 */
export async function examine({ load, clock }: Examination): Promise<readonly Finding[]> {
  let settings: AgentSettings
  try {
    settings = await load()
  } catch (error) {
    const why = error instanceof Error ? error.message : 'They cannot be read.'
    return [failed('settings', why, 'Mend what it names; every other check needs the settings.')]
  }
  const trust = await checkTrust(settings, clock.nowMs())
  const here = [
    ok('settings', 'agent.json has no mistakes.'),
    await checkAgent(settings),
    ...(await checkState(settings.stateDir)),
    await checkKey(settings.stateDir, credentialFile),
    await checkCertificate(settings, clock.nowMs()),
    checkOperators(settings),
    ...(await checkHardware(settings.hardware)),
    trust,
    checkNetwork(settings.gateway),
  ]
  return [...here, ...(await checkWay(settings, clock))]
}

async function checkAgent({ stateDir }: AgentSettings): Promise<Finding> {
  try {
    const status = await askStatus(stateDir)
    if (status === null) return warning('agent', 'It does not run.', 'Start it: sallyport-agent run, or sallyport-agent service install.')
    const { state, reason } = status.connection
    return ok('agent', `It runs; its connection: ${state.replaceAll('_', ' ')}${reason === null ? '' : ` (${reason})`}.`)
  } catch (error) {
    const why = error instanceof AgentError ? error.message : 'It cannot be asked.'
    return warning('agent', why, 'Run this as the user of the agent, or as root.')
  }
}
