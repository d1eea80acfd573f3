import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../../agent/basics/clock.ts'
import { createLogger } from '../../../agent/basics/logger.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { loadSettings } from '../../../agent/settings/load-settings.ts'
import { startAgent } from '../../../agent/start-agent.ts'
import { aroundAgentState } from './around-agent-state.ts'
import { failpointsIn } from './failpoints.ts'

/** The agent with failpoints: the folder beside its settings says which. */
const { values } = parseArgs({ options: { config: { type: 'string' }, 'die-with-parent': { type: 'boolean' } } })
const config = values.config ?? ''
const settings = await loadSettings(config)
const reach = failpointsIn(join(dirname(config), 'failpoints-agent'))
const write = (line: string): void => void process.stderr.write(line)
const agent = await startAgent({
  settings,
  clock: systemClock,
  random: systemRandom,
  logger: createLogger({ level: settings.logLevel, write, nowMs: () => systemClock.nowMs() }),
  aroundState: (state) => aroundAgentState(state, reach),
})
const end = (): void => void agent.close().finally(() => process.exit(0))
process.once('SIGTERM', end)
process.stdin.once('close', end).resume()
process.stdout.write(`${JSON.stringify({ ready: true, panel: agent.panelUrl, pairing_url: agent.pairingUrl })}\n`)
