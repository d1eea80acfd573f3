import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { certificateRequest } from '../../agent/enrolment/certificate-request.ts'
import { readCertsOnly } from '../../agent/enrolment/certs-only.ts'
import { FakeClock } from '../../gateway/basics/fake-clock.ts'
import type { DeviceId } from '../../gateway/basics/ids.ts'
import { silentLogger } from '../../gateway/basics/logger.ts'
import { systemRandom } from '../../gateway/basics/random.ts'
import { memoryDatabase } from '../../gateway/database/testing/memory-database.ts'
import { createLateRenewalAdministration } from '../../gateway/pki/administer-late-renewals.ts'
import type { LateRenewalAdministration } from '../../gateway/pki/administer-late-renewals.ts'
import { writeAuthorityFiles } from '../../gateway/pki/authority-files.ts'
import { createAuthority, issuingName } from '../../gateway/pki/create-authority.ts'
import { openCertificateAuthority } from '../../gateway/pki/certificate-authority.ts'
import type { CertificateAuthority } from '../../gateway/pki/certificate-authority.ts'
import { certificateRecord } from '../../gateway/pki/certificate-record.ts'
import { checkCsr } from '../../gateway/pki/check-csr.ts'
import type { EnrolmentAlarm } from '../../gateway/pki/enrolment-alarm.ts'
import { startEstListener } from '../../gateway/pki/est-listener.ts'
import { deviceUri } from '../../gateway/pki/device-identity.ts'
import { clientAuth, issueCertificate } from '../../gateway/pki/issue-certificate.ts'
import { newKeyPair } from '../../gateway/pki/new-key-pair.ts'
import { startServerCertificate } from '../../gateway/pki/server-certificate.ts'
import { createWaitingRenewals } from '../../gateway/pki/waiting-renewals.ts'
import type { WaitingRenewals } from '../../gateway/pki/waiting-renewals.ts'
import { createStorage } from '../../gateway/storage/create-storage.ts'
import type { Storage } from '../../gateway/storage/create-storage.ts'
import { migrations } from '../../gateway/storage/migrations.ts'
import type { Schema } from '../../gateway/storage/schema.ts'
import { exampleDevice, exampleOrganisation } from '../../gateway/storage/testing/example-records.ts'

const dayMs = 86_400_000
const trustDomain = 'gateway.test'

export interface MachineIdentity {
  readonly deviceId: DeviceId
  readonly key: KeyObject
  readonly certificate: X509Certificate
}

export interface EstAnswer {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | undefined
  readonly certificate: X509Certificate | undefined
}

/** A real enrolment listener over real storage in memory. Its clock stands at today; what it issues can be of any day before. */
export interface EstDoor extends AsyncDisposable {
  readonly clock: FakeClock
  readonly authority: CertificateAuthority
  /** Signs as an issuing authority that ended 100 days ago. */
  byFormer(deviceId: DeviceId, key: KeyObject, fromDaysAgo: number, untilDaysAgo: number): Promise<X509Certificate>
  readonly storage: Storage
  readonly waiting: WaitingRenewals
  readonly administration: LateRenewalAdministration
  readonly alarms: EnrolmentAlarm[]
  readonly port: number
  /** Days after the end of a certificate in which its key is enough. */
  periodDays: number
  /** Runs with the clock set back. */
  daysAgo<T>(days: number, run: () => Promise<T>): Promise<T>
  /** A machine that was enrolled, whose tunnel stood, and whose certificate of 90 days ended so many days ago. */
  enrolled(name: string, endedDaysAgo: number): Promise<MachineIdentity>
  /** Another certificate of the machine in our records, for this key. */
  issued(machine: MachineIdentity, endedDaysAgo: number, key?: KeyObject): Promise<MachineIdentity>
  /** `simplereenroll` with this certificate, for this key, from this address of ours. */
  renew(machine: Pick<MachineIdentity, 'key' | 'certificate'>, forKey?: KeyObject, body?: Buffer, from?: string): Promise<EstAnswer>
  eventTypes(deviceId: DeviceId): Promise<string[]>
}

export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
export const requestFor = (key: KeyObject): Buffer => certificateRequest({ privateKey: key, commonName: 'ignored' })

export async function openEstDoor(options: { readonly soonestS?: number } = {}): Promise<EstDoor> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sallyport-est-door-'))
  const todayMs = Math.floor(Date.now() / 1000) * 1000
  const clock = new FakeClock(todayMs)
  const database = memoryDatabase<Schema>({ migrations, nowMs: clock.nowMs() })
  const storage = createStorage({ database, clock, random: systemRandom, boot: systemRandom.hex(16) })
  await storage.people.insertOrganisation(exampleOrganisation('north'), [])
  const shared = { clock, logger: silentLogger }
  const former = await writeAuthority(directory, todayMs)
  const authority = await openCertificateAuthority({ directory, trustDomain, clock, random: systemRandom })
  const certificate = await startServerCertificate({ authority, names: ['localhost'], ...shared })
  const waiting = createWaitingRenewals(clock, options)
  const alarms: EnrolmentAlarm[] = []
  let periodDays = 180
  const late = {
    store: storage.lateRenewals,
    waiting,
    get periodMs() {
      return periodDays * dayMs
    },
    onChange: () => {},
  }
  const listener = await startEstListener({
    host: '127.0.0.1',
    port: 0,
    certificate,
    authority,
    store: storage.enrolments,
    admission: storage.admission,
    ...shared,
    certificateLifetimeMs: 90 * dayMs,
    late,
    onAlarm: (alarm) => alarms.push(alarm),
    // Thousands come from this one address here.
    guard: {
      perSecond: 100_000,
      burst: 100_000,
      maxConnections: 10_000,
      maxPerAddress: 10_000,
      ofAddress: { perSecond: 100_000, burst: 100_000 },
    },
  })

  async function daysAgo<T>(days: number, run: () => Promise<T>): Promise<T> {
    clock.jumpWallClock(-days * dayMs)
    try {
      return await run()
    } finally {
      clock.jumpWallClock(days * dayMs)
    }
  }
  const certificateOf = (deviceId: DeviceId, key: KeyObject, endedDaysAgo: number): Promise<X509Certificate> =>
    daysAgo(endedDaysAgo + 90, () => authority.issueDeviceCertificate(deviceId, checkCsr(requestFor(key)), 90 * dayMs))

  return {
    clock,
    authority,
    byFormer: former,
    storage,
    waiting,
    administration: createLateRenewalAdministration(late, clock),
    alarms,
    port: listener.address.port,
    get periodDays() {
      return periodDays
    },
    set periodDays(days) {
      periodDays = days
    },
    daysAgo,
    async enrolled(name, endedDaysAgo) {
      const device = exampleDevice(name, { status: 'registered' })
      await storage.devices.insert(device, [])
      await storage.enrolments.open(device.id, systemRandom.hex(32), [])
      const key = newKey()
      const first = await certificateOf(device.id, key, endedDaysAgo)
      const record = certificateRecord(device.id, first)
      await storage.enrolments.claim(device.id, record.publicKeyFingerprint, record)
      await storage.enrolments.confirmFirstTunnel(device.id, record.fingerprint, clock.nowMs())
      return { deviceId: device.id, key, certificate: first }
    },
    async issued({ deviceId, key: own }, endedDaysAgo, key = own) {
      const another = await certificateOf(deviceId, key, endedDaysAgo)
      await storage.enrolments.addCertificate(certificateRecord(deviceId, another))
      return { deviceId, key, certificate: another }
    },
    renew: ({ key, certificate: shown }, forKey = key, body = requestFor(forKey), from = '127.0.0.1') =>
      ask(listener.address.port, authority.bundlePem, { key, certificate: shown }, body, from),
    eventTypes: async (deviceId) => {
      const page = await storage.events.list({ kind: 'installation' }, { device: deviceId }, { limit: 100, after: null })
      return page.items.map(({ type }) => type)
    },
    async [Symbol.asyncDispose]() {
      certificate.close()
      await listener.close()
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Of long ago, so that it can have issued certificates of any day; one before it has ended. */
async function writeAuthority(directory: string, todayMs: number): Promise<EstDoor['byFormer']> {
  const random = systemRandom
  const made = await createAuthority({ trustDomain, nowMs: todayMs - 2_000 * dayMs, random })
  await writeAuthorityFiles(directory, made, random)
  const rootKey = createPublicKey(made.rootPem).export({ type: 'spki', format: 'der' })
  const { privateKeyPem, publicKey } = await newKeyPair()
  const commonName = issuingName(trustDomain)
  const certificate = await issueCertificate({
    commonName,
    publicKey,
    notBeforeMs: todayMs - 2_000 * dayMs,
    notAfterMs: todayMs - 100 * dayMs,
    use: { kind: 'authority', pathLength: 0 },
    issuer: { commonName: `Root of ${trustDomain}`, privateKeyPem: made.rootKeyPem, publicKey: rootKey },
    random,
  })
  await writeFile(path.join(directory, 'authority', `former-${certificate.serialNumber.toLowerCase()}.pem`), certificate.toString())
  return (deviceId, key, fromDaysAgo, untilDaysAgo) =>
    issueCertificate({
      commonName: deviceId,
      publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }),
      notBeforeMs: todayMs - fromDaysAgo * dayMs,
      notAfterMs: todayMs - untilDaysAgo * dayMs,
      use: { kind: 'leaf', purpose: clientAuth, names: [{ type: 'url', value: deviceUri(trustDomain, deviceId) }] },
      issuer: { commonName, privateKeyPem, publicKey },
      random,
    })
}

function ask(
  port: number,
  ca: string,
  { key, certificate }: Pick<MachineIdentity, 'key' | 'certificate'>,
  csr: Buffer,
  localAddress: string,
): Promise<EstAnswer> {
  const body = csr.toString('base64')
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({
      host: '127.0.0.1',
      localAddress,
      port,
      servername: 'localhost',
      ca,
      key: key.export({ type: 'pkcs8', format: 'pem' }),
      cert: certificate.toString(),
      agent: false,
      method: 'POST',
      path: '/.well-known/est/simplereenroll',
      headers: { 'content-type': 'application/pkcs10', 'content-length': Buffer.byteLength(body) },
    })
    sent.once('error', reject)
    sent.once('response', (response) => {
      let text = ''
      response.setEncoding('latin1')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text,
          retryAfter: response.headers['retry-after'],
          certificate: response.statusCode === 200 ? readCertsOnly(text)[0] : undefined,
        }),
      )
    })
    sent.end(body)
  })
}
