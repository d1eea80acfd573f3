import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import { isDeviceId } from '../basics/ids.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { openDatabase } from '../database/open-database.ts'
import { gatewayActor } from '../ledger/event.ts'
import { openCertificateAuthority } from '../pki/certificate-authority.ts'
import { createBundleIssuer } from '../pki/issue-bundle.ts'
import type { BundleOrder, IdentityBundle } from '../pki/issue-bundle.ts'
import { readSettings } from '../settings/read-settings.ts'
import { createStorage } from '../storage/create-storage.ts'
import { migrations } from '../storage/migrations.ts'
import type { Schema } from '../storage/schema.ts'

interface BundleOptions {
  readonly config: string
  readonly out: string
  readonly keyType: BundleOrder['keyType']
  readonly days: number | undefined
  readonly json: boolean
}

/** For whoever has the gateway's own computer, while the gateway stands; while it runs, the portal has a button for it. */
export const deviceBundleCommand = (): Command =>
  new Command('device-bundle')
    .description('make an identity for a device of another maker: key and certificate in one PKCS#12 file; the gateway must be stopped')
    .argument('<device>', 'id of a device that is registered')
    .requiredOption('--config <file>', 'settings file, made by `sallyport init`')
    .requiredOption('--out <file>', 'file to write; it must not be there')
    .option('--key-type <type>', 'ec-p256 or rsa-2048', keyTypeOf, 'ec-p256')
    .option('--days <number>', 'how long it is good; default: as of every device', daysOf)
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (device: string, { config, out, keyType, days, json }: BundleOptions) => {
      const { passphrase, certificate } = await issueToFile(device, { config, out, keyType, days })
      const until = new Date(certificate.notAfter).toISOString()
      process.stdout.write(
        json
          ? `${JSON.stringify({ file: out, passphrase, not_after: until })}\n`
          : `${out} is the identity of ${device}, good until ${until.slice(0, 10)}. Its passphrase, shown only now:\n\n   ${passphrase}\n\n` +
              'The key was made here and is in that file alone. Whoever has both is this device: bring them there by two ways, then delete the file.\n',
      )
    })

async function issueToFile(device: string, options: Omit<BundleOptions, 'json'>): Promise<IdentityBundle> {
  const settings = readSettings(options.config, process.env)
  const unknown = new CodedError({ code: 'device_unknown', message: `There is no device ${device}.`, remedy: 'not_found' })
  if (!isDeviceId(device)) throw unknown
  const shared = { clock: systemClock, random: systemRandom }
  const file = join(settings.dataDir, 'gateway.sqlite')
  const database = await openDatabase<Schema>({ file, migrations, clock: systemClock, logger: silentLogger })
  try {
    const storage = createStorage({ ...shared, database, boot: systemRandom.hex(16) })
    if ((await storage.devices.find(wholeInstallation, device)) === undefined) throw unknown
    const authority = await openCertificateAuthority({
      ...shared,
      directory: join(settings.dataDir, 'pki'),
      trustDomain: settings.trustDomain,
    })
    // Taken before anything is recorded: an identity that cannot be written is none.
    await writeFile(options.out, '', { flag: 'wx', mode: 0o600 }).catch((cause: unknown) => {
      throw new CodedError({
        code: 'file_not_made',
        message: `${options.out} is there already, or cannot be made. Name another one with --out.`,
        remedy: 'fix',
        cause,
      })
    })
    const issuer = createBundleIssuer({ authority, store: storage.enrolments, random: systemRandom })
    const days = options.days ?? settings.deviceCertificateDays
    const bundle = await issuer.issue(device, { keyType: options.keyType, days }, gatewayActor)
    await writeFile(options.out, bundle.pkcs12)
    return bundle
  } finally {
    await database.close()
  }
}

function keyTypeOf(text: string): BundleOrder['keyType'] {
  if (text === 'ec-p256' || text === 'rsa-2048') return text
  throw new InvalidArgumentError('must be ec-p256 or rsa-2048')
}

function daysOf(text: string): number {
  const days = Number(text)
  if (!/^\d{1,3}$/.test(text) || days < 1 || days > 825) throw new InvalidArgumentError('must be 1 to 825')
  return days
}
