import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createStores } from '../../agent/state/create-stores.ts'
import { openStateDatabase } from '../../agent/state/state-database.ts'
import { FakeClock } from '../../gateway/basics/fake-clock.ts'
import type { DeviceId } from '../../gateway/basics/ids.ts'
import { silentLogger } from '../../gateway/basics/logger.ts'
import { systemRandom } from '../../gateway/basics/random.ts'
import { openDatabase } from '../../gateway/database/open-database.ts'
import { writeAuthorityFiles } from '../../gateway/pki/authority-files.ts'
import { openCertificateAuthority } from '../../gateway/pki/certificate-authority.ts'
import { certificateRecord } from '../../gateway/pki/certificate-record.ts'
import { createAuthority } from '../../gateway/pki/create-authority.ts'
import { sha256Hex } from '../../gateway/pki/fingerprint.ts'
import { createStorage } from '../../gateway/storage/create-storage.ts'
import { migrations } from '../../gateway/storage/migrations.ts'
import type { Schema } from '../../gateway/storage/schema.ts'
import type { RunningInstallation } from './running-installation.ts'

const dayMs = 86_400_000
const trustDomain = 'test.sallyport.localhost'

/**
 * Makes an installation whose gateway and agent were stopped one of long ago: the authority is years old, and the machine's only certificate ended so many
 * days back. All that is done with it afterwards is done on the real clock.
 */
export async function awayFor({ dataDir }: Pick<RunningInstallation, 'dataDir'>, device: string, endedDaysAgo: number): Promise<void> {
  const pki = join(dataDir, 'gateway', 'pki')
  await rm(pki, { recursive: true })
  await writeAuthorityFiles(
    pki,
    await createAuthority({ trustDomain, nowMs: Date.now() - 2_000 * dayMs, random: systemRandom }),
    systemRandom,
  )
  const clock = new FakeClock(Date.now() - (endedDaysAgo + 90) * dayMs)
  const authority = await openCertificateAuthority({ directory: pki, trustDomain, clock, random: systemRandom })
  // The machine was installed with it.
  await writeFile(join(dataDir, 'gateway', 'ca.pem'), authority.bundlePem)
  const stateDir = join(dataDir, 'agent', 'state')
  const key = createPrivateKey(await readFile(join(stateDir, 'device.key'), 'utf8'))
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const csr = { publicKey, publicKeyFingerprint: sha256Hex(publicKey) } as Parameters<typeof authority.issueDeviceCertificate>[1]
  const certificate = await authority.issueDeviceCertificate(device as DeviceId, csr, 90 * dayMs)
  await writeFile(join(stateDir, 'device.crt'), certificate.toString())
  const record = certificateRecord(device as DeviceId, certificate)
  const file = join(dataDir, 'gateway', 'gateway.sqlite')
  const database = await openDatabase<Schema>({ file, migrations, clock, logger: silentLogger })
  const { enrolments } = createStorage({ database, clock, random: systemRandom, boot: systemRandom.hex(16) })
  await enrolments.addCertificate(record)
  await enrolments.confirmFirstTunnel(record.deviceId, record.fingerprint, clock.nowMs())
  await database.close()
}

/** A technician who may come in by himself tomorrow, as somebody planned at the panel. */
export function planTomorrow({ dataDir }: Pick<RunningInstallation, 'dataDir'>, by: string): void {
  const database = openStateDatabase(join(dataDir, 'agent', 'state'))
  createStores(database).modes.plan({
    id: 'tomorrow',
    technician: { id: 'per_1', name: 'Mia Brandt', organisation: 'Sallyport Service' },
    services: ['hmi'],
    fromMs: Date.now() + dayMs,
    untilMs: Date.now() + dayMs + 3_600_000,
    by,
    proof: 'none',
  })
  database.close()
}
