import { execFile } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newKey, openEstDoor, requestFor } from '../../test/support/est-door.ts'
import type { EstDoor } from '../../test/support/est-door.ts'
import { systemRandom } from '../basics/random.ts'
import { administrator } from '../ledger/event.ts'
import { exampleDevice, personId } from '../storage/testing/example-records.ts'
import { createBundleIssuer } from './issue-bundle.ts'
import type { BundleIssuer, IdentityBundle } from './issue-bundle.ts'

let door: EstDoor
let issuer: BundleIssuer
let directory: string
beforeAll(async () => {
  door = await openEstDoor()
  issuer = createBundleIssuer({ authority: door.authority, store: door.storage.enrolments, random: systemRandom })
  directory = await mkdtemp(path.join(tmpdir(), 'sallyport-bundle-'))
  await writeFile(at('ca.pem'), door.authority.bundlePem)
})
afterAll(async () => {
  await door[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

const at = (name: string): string => path.join(directory, name)
const ada = administrator(personId('Ada'))
const pkcs12 = (file: string, passphrase: string, ...more: string[]) =>
  promisify(execFile)('openssl', ['pkcs12', '-in', file, '-passin', `pass:${passphrase}`, '-nodes', ...more])
const standing = async (name: string) => (await door.storage.enrolments.find(exampleDevice(name).id))?.state

async function bundleFor(name: string, keyType: 'ec-p256' | 'rsa-2048'): Promise<{ bundle: IdentityBundle; file: string }> {
  const device = exampleDevice(name, { status: 'registered' })
  await door.storage.devices.insert(device, [])
  const bundle = await issuer.issue(device.id, { keyType, days: 400 }, ada)
  const file = at(`${name}.p12`)
  await writeFile(file, bundle.pkcs12)
  return { bundle, file }
}

it.each([
  ['ec-p256', 'ec'],
  ['rsa-2048', 'rsa'],
] as const)('OpenSSL reads key, certificate and chain of the kind %s, and nothing that is weak is in it', async (keyType, kind) => {
  const { bundle, file } = await bundleFor(`scada-${kind}`, keyType)
  const { stdout, stderr } = await pkcs12(file, bundle.passphrase, '-info')
  expect(stderr).toContain('MAC: sha256, Iteration 10000')
  expect(stderr.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256/g)).toHaveLength(2)
  expect(stdout).toContain(`friendlyName: scada-${kind}`)
  const certificates = (stdout.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  )
  const key = createPrivateKey(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(stdout)?.[0] ?? '')
  expect(key.asymmetricKeyType).toBe(kind)
  expect(certificates).toHaveLength(3)
  expect(certificates[0]?.checkPrivateKey(key)).toBe(true)
  expect(certificates[0]?.subjectAltName).toBe(`URI:spiffe://gateway.test/device/scada-${kind}`)
  expect(certificates[0]?.checkIssued(certificates[1] as X509Certificate)).toBe(true)
  expect(certificates[1]?.checkIssued(certificates[2] as X509Certificate)).toBe(true)
  expect(certificates[0]?.validToDate.getTime()).toBe(door.clock.nowMs() + 400 * 86_400_000)
  await expect(pkcs12(file, `${bundle.passphrase}x`)).rejects.toThrow(/[Mm]ac verify/)
  const torn = Buffer.from(bundle.pkcs12)
  torn[torn.length >> 1] = (torn[torn.length >> 1] ?? 0) ^ 1
  await writeFile(at('torn.p12'), torn)
  await expect(pkcs12(at('torn.p12'), bundle.passphrase)).rejects.toThrow(/error|[Mm]ac verify/)
})

it('is the identity of its device: it renews with it, curl does too, and the administrator who made it is in the history', async () => {
  const { bundle, file } = await bundleFor('pump-1', 'ec-p256')
  const { deviceId } = bundle.certificate
  const status = await new Promise<number>((resolve, reject) => {
    const body = requestFor(newKey()).toString('base64')
    httpsRequest({
      host: '127.0.0.1',
      port: door.port,
      servername: 'localhost',
      ca: door.authority.bundlePem,
      pfx: bundle.pkcs12,
      passphrase: bundle.passphrase,
      agent: false,
      method: 'POST',
      path: '/.well-known/est/simplereenroll',
      headers: { 'content-type': 'application/pkcs10', 'content-length': Buffer.byteLength(body) },
    })
      .once('response', (answer) => resolve(answer.resume().statusCode ?? 0))
      .once('error', reject)
      .end(body)
  })
  expect(status).toBe(200)
  await writeFile(at('pump.b64'), requestFor(newKey()).toString('base64'))
  const curl = await promisify(execFile)('curl', [
    '--silent',
    '--cacert',
    at('ca.pem'),
    '--cert-type',
    'P12',
    '--cert',
    `${file}:${bundle.passphrase}`,
    '--header',
    'Content-Type: application/pkcs10',
    '--data-binary',
    `@${at('pump.b64')}`,
    '--write-out',
    '%{http_code}',
    '--output',
    '/dev/null',
    `https://localhost:${door.port}/.well-known/est/simplereenroll`,
  ])
  expect(curl.stdout).toBe('200')
  const { items } = await door.storage.events.list(
    { kind: 'installation' },
    { device: deviceId, type: 'bundle.issued' },
    { limit: 5, after: null },
  )
  expect(items).toMatchObject([
    { actor: { kind: 'administrator', id: personId('Ada') }, detail: { certificate: bundle.certificate.fingerprint, key_type: 'ec-p256' } },
  ])
  // Neither key nor passphrase is anywhere with us.
  expect(JSON.stringify(items)).not.toContain(bundle.passphrase)
  expect(await door.storage.devices.find({ kind: 'installation' }, deviceId)).toMatchObject({ status: 'active' })
})

it('voids the one-time password, and the certificate of before once it has carried a tunnel', async () => {
  const press = await door.enrolled('press-bundle', -30)
  await door.storage.enrolments.open(press.deviceId, 'c'.repeat(64), [])
  expect(await standing('press-bundle')).toBe('open')
  const { certificate } = await issuer.issue(press.deviceId, { keyType: 'ec-p256', days: 90 }, ada)
  expect(await door.storage.enrolments.find(press.deviceId)).toMatchObject({
    state: 'used',
    publicKeyFingerprint: certificate.publicKeyFingerprint,
  })
  expect((await door.renew(press)).status).toBe(200)
  await door.storage.enrolments.confirmFirstTunnel(press.deviceId, certificate.fingerprint, 1)
  expect((await door.renew(press)).status).toBe(403)
})

it.each(['suspended', 'revoked'] as const)('is not made for a device that is %s, and nothing changes', async (status) => {
  const device = exampleDevice(`out-${status}`, { status })
  await door.storage.devices.insert(device, [])
  await expect(issuer.issue(device.id, { keyType: 'ec-p256', days: 90 }, ada)).rejects.toMatchObject({ code: 'wrong_state' })
  expect(await standing(`out-${status}`)).toBeUndefined()
  expect(await door.eventTypes(device.id)).toEqual([])
})
