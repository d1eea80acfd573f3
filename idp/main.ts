import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { systemClock } from '../gateway/basics/clock.ts'
import { CodedError } from '../gateway/basics/coded-error.ts'
import type { Logger } from '../gateway/basics/logger.ts'
import { createLogger } from '../gateway/basics/logger.ts'
import { systemRandom } from '../gateway/basics/random.ts'
import type { KeyRotation } from './keys/rotate-keys.ts'
import { keyRotations, rotateKeys } from './keys/rotate-keys.ts'
import { routeLibraryMessages } from './provider/route-library-messages.ts'
import { readSettings } from './settings/read-settings.ts'
import { startIdp } from './start-idp.ts'
import { openDatabase } from './storage/open-database.ts'
import { createSqlKeyStore } from './storage/sql-key-store.ts'

const usage = `node idp/main.ts --config <idp.json> [--die-with-parent] [--rotate ${keyRotations.join('|')}]`
const longestEndMs = 1_500

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, 'die-with-parent': { type: 'boolean', default: false }, rotate: { type: 'string' } },
  })
  if (values.config === undefined) throw new CodedError({ code: 'usage', message: usage, remedy: 'fix' })
  const settings = readSettings(readFileSync(values.config, 'utf8'))
  const logger = createLogger({ name: 'idp', level: settings.logLevel })
  routeLibraryMessages(console, logger)
  if (values.rotate !== undefined) return rotate(values.rotate, settings.dataDir)

  const idp = await startIdp({ settings, clock: systemClock, random: systemRandom, logger })
  const end = endOnce(logger, async () => {
    await idp.drain()
    await idp.close()
  })
  process.once('SIGTERM', () => end('SIGTERM'))
  process.once('SIGINT', () => end('SIGINT'))
  if (values['die-with-parent']) process.stdin.once('close', () => end('the parent is gone')).resume()
  process.stdout.write(`${JSON.stringify({ ready: true, issuer: idp.issuer })}\n`)
}

function endOnce(logger: Logger, close: () => Promise<void>): (why: string) => void {
  let ending = false
  return (why) => {
    if (ending) return
    ending = true
    logger.info({ why }, 'the identity provider ends')
    setTimeout(() => process.exit(1), longestEndMs).unref()
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ stack: error instanceof Error ? error.stack : String(error) }, 'ending failed')
        process.exit(1)
      },
    )
  }
}

async function rotate(step: string, dataDir: string): Promise<void> {
  if (!(keyRotations as readonly string[]).includes(step)) throw new CodedError({ code: 'usage', message: usage, remedy: 'fix' })
  const nowS = (): number => systemClock.nowS()
  const database = openDatabase({ dataDir, nowS })
  await rotateKeys(step as KeyRotation, createSqlKeyStore(database), { random: systemRandom, nowS })
  database.close()
  process.stdout.write(`${JSON.stringify({ rotated: step, effective: 'at the next start' })}\n`)
}

try {
  await main()
} catch (error) {
  const logger = createLogger({ name: 'idp', level: 'error' })
  if (error instanceof CodedError) logger.error({ error_code: error.code, problems: error.problems }, error.message)
  else logger.error({ stack: error instanceof Error ? error.stack : String(error) }, 'the identity provider did not start')
  process.exitCode = 1
}
