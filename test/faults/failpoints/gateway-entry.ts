import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../../gateway/basics/clock.ts'
import { createLogger } from '../../../gateway/basics/logger.ts'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { untilSignal } from '../../../gateway/commands/until-signal.ts'
import { readSettings } from '../../../gateway/settings/read-settings.ts'
import { startGateway } from '../../../gateway/start-gateway.ts'
import { aroundGatewayDatabase } from './around-gateway-database.ts'
import { failpointsIn } from './failpoints.ts'

/** `sallyport serve` with failpoints: the folder beside its settings says which. */
const { values } = parseArgs({ allowPositionals: true, options: { config: { type: 'string' }, 'die-with-parent': { type: 'boolean' } } })
const config = values.config ?? ''
const settings = readSettings(config, {})
const reach = failpointsIn(join(dirname(config), 'failpoints-gateway'))
const gateway = await startGateway({
  settings,
  clock: systemClock,
  random: systemRandom,
  logger: createLogger({ name: 'gateway', level: settings.logLevel }),
  aroundDatabase: (database) => aroundGatewayDatabase(database, reach),
})
const ending = untilSignal(gateway, { failed: gateway.failed, onParentGone: values['die-with-parent'] === true })
process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
const why = await ending
process.exit(why.startsWith('failed') ? 1 : 0)
