import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { PersonId } from '../basics/ids.ts'
import { createLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { openDatabase } from '../database/open-database.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import { compilePolicy } from '../policies-admin/compile-policy.ts'
import { findOpa } from '../policies-admin/find-opa.ts'
import { loadShippedPolicy } from '../policies-admin/load-shipped-policy.ts'
import { policySources, type PolicySources } from '../policies-admin/policy-files.ts'
import { applyRecovery, hasGoodPolicy, nextSequence, type RecoveryPorts } from '../policies-admin/recovery/apply-recovery.ts'
import { openRecoveryKey } from '../policies-admin/recovery/recovery-key.ts'
import { readRecoveryRequest, signRecoveryRequest, type RecoveryRequest } from '../policies-admin/recovery/recovery-request.ts'
import { readSettings } from '../settings/read-settings.ts'
import { createStorage } from '../storage/create-storage.ts'
import { migrations } from '../storage/migrations.ts'
import type { Schema } from '../storage/schema.ts'
import { askPassphrase } from './ask-passphrase.ts'
import { printable } from './printable.ts'

interface WithConfig {
  readonly config: string
}

/** The only way back when no policy is left that the gateway trusts: two administrators sign one, on the gateway's own machine, while it is stopped. */
export function recoverPolicyCommand(): Command {
  const command = new Command('recover-policy').description(
    'bring a policy back when none is left that the gateway trusts; two administrators sign',
  )
  command
    .command('request')
    .description('write what is to be signed; the gateway has to be stopped')
    .argument('<dir>', 'folder of the policy that shall decide')
    .requiredOption('--config <file>', 'settings file, made by `sallyport init`')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .requiredOption('--out <file>', 'where the request goes')
    .action(async (dir: string, options: WithConfig & { reason: string; out: string }) => {
      const { policy } = await compiledPolicy(dir)
      const request = await offline(options.config, async (ports) => {
        if (await hasGoodPolicy(ports)) throw notNeeded()
        const made: RecoveryRequest = {
          what: 'sallyport policy recovery v1',
          organisation: ports.organisation,
          revision: policy.revision,
          sequence: await nextSequence(ports),
          reason: options.reason.trim(),
          nonce: systemRandom.hex(16),
          made_at: systemClock.nowMs(),
          signatures: [],
        }
        return readRecoveryRequest(JSON.stringify(made))
      })
      writeRequest(options.out, request)
      process.stderr.write(
        `Two administrators sign it within a day, each with: sallyport recover-policy sign ${options.out} --key <file>\n`,
      )
    })
  command
    .command('sign')
    .description('add the signature of one administrator; needs neither the gateway nor its settings')
    .argument('<request>', 'file that `request` wrote')
    .requiredOption('--key <file>', 'private half of the own recovery key')
    .option('--passphrase-file <file>', 'read the passphrase from the first line of this file instead of asking')
    .action(async (file: string, options: { key: string; passphraseFile?: string }) => {
      const request = readRecoveryRequest(readFileSync(file, 'utf8'))
      process.stderr.write(`Revision ${request.revision}\nas number ${request.sequence}: ${printable(request.reason)}\n`)
      const key = openRecoveryKey(readFileSync(options.key, 'utf8'), await askPassphrase({ file: options.passphraseFile }))
      const signed = signRecoveryRequest(request, key)
      writeRequest(file, signed)
      process.stderr.write(`Signed; it has ${signed.signatures.length} of 2 signatures.\n`)
    })
  command
    .command('apply')
    .description('make it the policy that decides; the gateway has to be stopped')
    .argument('<request>', 'the signed request')
    .argument('<dir>', 'folder of the policy that was signed')
    .requiredOption('--config <file>', 'settings file, made by `sallyport init`')
    .action(async (file: string, dir: string, { config }: WithConfig) => {
      const request = readRecoveryRequest(readFileSync(file, 'utf8'))
      const compiled = await compiledPolicy(dir)
      const { sequence, revision } = await offline(config, (ports) => applyRecovery(ports, request, compiled))
      process.stdout.write(`${JSON.stringify({ sequence, revision })}\n`)
      process.stderr.write('Start the gateway: it decides by this policy from now on.\n')
    })
  return command
}

const writeRequest = (file: string, request: RecoveryRequest): void =>
  writeFileSync(resolve(file), `${JSON.stringify(request, null, 2)}\n`, { mode: 0o600 })

/** As it lies there compiled, else by the compiler. */
async function compiledPolicy(folder: string): Promise<{ readonly policy: CompiledPolicy; readonly sources: PolicySources }> {
  const dir = resolve(folder)
  const projectDir = fileURLToPath(new URL('../..', import.meta.url))
  const compile = (): Promise<CompiledPolicy> =>
    compilePolicy({ dir, opa: findOpa({ environment: process.env, projectDir }), contractDir: join(projectDir, 'policies') })
  return { policy: await loadShippedPolicy(dir).catch(compile), sources: policySources(dir) }
}

/** The lock of the database says whether the gateway is stopped. @throws CodedError `database_in_use` */
async function offline<Result>(config: string, work: (ports: RecoveryPorts) => Promise<Result>): Promise<Result> {
  const { dataDir } = readSettings(config, process.env)
  const logger = createLogger({ name: 'recover-policy', level: 'error' })
  const database = await openDatabase<Schema>({ file: join(dataDir, 'gateway.sqlite'), migrations, clock: systemClock, logger })
  try {
    const storage = createStorage({ database, clock: systemClock, random: systemRandom, boot: systemRandom.hex(16) })
    const organisation = await storage.installation.get('service_organisation')
    if (organisation === undefined) throw neverStarted()
    const administratorsAmong = async (ids: readonly PersonId[]): Promise<readonly PersonId[]> => {
      const people = await storage.people.findMany(wholeInstallation, ids)
      return people.filter(({ status, roles }) => status === 'active' && roles.includes('service_administrator')).map(({ id }) => id)
    }
    const { policies: store, recoveryKeys } = storage
    return await work({ store, recoveryKeys, administratorsAmong, dataDir, organisation: organisation.value, clock: systemClock })
  } finally {
    await database.close()
  }
}

const notNeeded = (): CodedError =>
  new CodedError({
    code: 'recovery_not_needed',
    message: 'A good policy is there: start the gateway, and activate another one in the portal.',
    remedy: 'conflict',
  })
const neverStarted = (): CodedError =>
  new CodedError({ code: 'recovery_not_needed', message: 'This gateway was never started. Start it.', remedy: 'conflict' })
