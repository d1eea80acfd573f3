import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryEnrolmentStore } from '../../test/support/memory-enrolment-store.ts'
import type { MemoryEnrolmentStore } from '../../test/support/memory-enrolment-store.ts'
import { systemClock } from '../basics/clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { openCertificateAuthority } from './certificate-authority.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import type { EnrolmentAlarm } from './enrolment-alarm.ts'
import { newEnrolmentPassword } from './enrolment-password.ts'
import { startEstListener } from './est-listener.ts'
import type { EstListener } from './est-listener.ts'
import { certificateFingerprint } from './fingerprint.ts'
import { startServerCertificate } from './server-certificate.ts'

// A device of another maker has no code of ours: everything here is done by curl and OpenSSL.
const press = 'press-1' as DeviceId
let directory: string
let authority: CertificateAuthority
let store: MemoryEnrolmentStore
let listener: EstListener
let alarms: EnrolmentAlarm[]
let password: string
let stop: () => void

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sallyport-est-'))
  authority = await openCertificateAuthority({ directory, trustDomain: 'gateway.test', clock: systemClock, random: systemRandom })
  const certificate = await startServerCertificate({ authority, names: ['localhost'], clock: systemClock, logger: silentLogger })
  stop = () => certificate.close()
  store = memoryEnrolmentStore()
  alarms = []
  listener = await startEstListener({
    host: '127.0.0.1',
    port: 0,
    certificate,
    authority,
    store,
    admission: store,
    clock: systemClock,
    logger: silentLogger,
    certificateLifetimeMs: 90 * 86_400_000,
    onAlarm: (alarm) => alarms.push(alarm),
    headersTimeoutMs: 1_000,
  })
  password = openEnrolment(press)
  await writeFile(file('ca.pem'), authority.bundlePem)
})
afterEach(async () => {
  stop()
  await listener.close()
  await rm(directory, { recursive: true, force: true })
})

const file = (name: string): string => path.join(directory, name)

function openEnrolment(deviceId: DeviceId): string {
  const made = newEnrolmentPassword(systemRandom)
  store.open(deviceId, made.passwordHash)
  return made.password
}

async function run(program: 'curl' | 'openssl', ...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { encoding: 'utf8' })).stdout
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Error(`Install ${program}: this test enrols with it as a device would.`, { cause: error })
    throw error
  }
}

async function curl(operation: string, ...args: string[]): Promise<{ status: number; body: string }> {
  const url = `https://localhost:${listener.address.port}/.well-known/est/${operation}`
  const printed = await run(
    'curl',
    '--silent',
    '--show-error',
    '--cacert',
    file('ca.pem'),
    '--resolve',
    `localhost:${listener.address.port}:127.0.0.1`,
    '--write-out',
    '\n%{http_code}',
    ...args,
    url,
  )
  const at = printed.lastIndexOf('\n')
  return { status: Number(printed.slice(at + 1)), body: printed.slice(0, at) }
}

/** A key and its request in base64, by OpenSSL. */
async function newRequest(name: string, ...key: string[]): Promise<void> {
  await run(
    'openssl',
    'genpkey',
    ...(key.length > 0 ? key : ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']),
    '-out',
    file(`${name}.key`),
  )
  await run('openssl', 'req', '-new', '-key', file(`${name}.key`), '-subj', '/CN=ignored', '-outform', 'DER', '-out', file(`${name}.der`))
  await run('openssl', 'base64', '-in', file(`${name}.der`), '-out', file(`${name}.b64`))
}

const pkcs10 = ['--header', 'Content-Type: application/pkcs10']
const enrol = (name: string, secret = password, device: string = press) =>
  curl('simpleenroll', '--user', `${device}:${secret}`, ...pkcs10, '--data-binary', `@${file(`${name}.b64`)}`)
const renew = (name: string, withCertificate: string, key = withCertificate) =>
  curl(
    'simplereenroll',
    '--cert',
    file(`${withCertificate}.crt`),
    '--key',
    file(`${key}.key`),
    ...pkcs10,
    '--data-binary',
    `@${file(`${name}.b64`)}`,
  )

/** What OpenSSL reads out of the certs-only answer. */
async function certificatesIn(base64: string, name: string): Promise<void> {
  await writeFile(file(`${name}.p7`), base64)
  await run('openssl', 'base64', '-d', '-in', file(`${name}.p7`), '-out', file(`${name}.p7.der`))
  await run('openssl', 'pkcs7', '-inform', 'DER', '-in', file(`${name}.p7.der`), '-print_certs', '-out', file(`${name}.crt`))
  await run('openssl', 'cms', '-cmsout', '-noout', '-inform', 'DER', '-in', file(`${name}.p7.der`))
}

async function enrolled(name = 'first'): Promise<X509Certificate> {
  await newRequest(name)
  const { status, body } = await enrol(name)
  expect({ status, body }).toMatchObject({ status: 200 })
  await certificatesIn(body, name)
  return new X509Certificate(await run('openssl', 'x509', '-in', file(`${name}.crt`)))
}

const confirm = (certificate: X509Certificate) => store.confirmFirstTunnel(press, certificateFingerprint(certificate), Date.now())

describe('a device with nothing but curl and OpenSSL', () => {
  it('fetches the certificates of the authority', async () => {
    const { status, body } = await curl('cacerts', '--dump-header', file('headers'))
    expect(status).toBe(200)
    await certificatesIn(body, 'cacerts')
    const printed = await run('openssl', 'storeutl', '-certs', '-noout', file('cacerts.crt'))
    expect(printed).toContain('Total found: 2')
    const headers = await readFile(file('headers'), 'utf8')
    expect(headers).toMatch(/content-type: application\/pkcs7-mime/i)
    expect(headers).toMatch(/content-transfer-encoding: base64/i)
  })

  it.each([
    ['P-256', []],
    ['RSA-2048', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
  ])('enrols with a key of the kind %s, and its identity comes from its record', async (_kind, key) => {
    await newRequest('first', ...key)
    const { status, body } = await enrol('first')
    expect({ status, body }).toMatchObject({ status: 200 })
    await certificatesIn(body, 'first')
    expect(await run('openssl', 'verify', '-purpose', 'sslclient', '-CAfile', file('ca.pem'), file('first.crt'))).toContain('OK')
    const certificate = new X509Certificate(await run('openssl', 'x509', '-in', file('first.crt')))
    expect(certificate.subjectAltName).toBe('URI:spiffe://gateway.test/device/press-1')
    expect(certificate.subject).toBe('CN=press-1')
    expect(await store.find(press)).toMatchObject({ state: 'used', firstTunnelAt: null })
    expect(await store.findCertificate(certificateFingerprint(certificate))).toMatchObject({
      deviceId: press,
      serial: certificate.serialNumber.toLowerCase(),
    })
  })

  it('renews with its certificate, with the same key and with a new one', async () => {
    await confirm(await enrolled())
    for (const [request, key] of [
      ['first', 'first'],
      ['second', 'second'],
    ] as const) {
      if (request === 'second') await newRequest('second')
      const { status, body } = await renew(request, 'first')
      expect({ status, body }).toMatchObject({ status: 200 })
      await certificatesIn(body, `renewed-${key}`)
      const certificate = new X509Certificate(await run('openssl', 'x509', '-in', file(`renewed-${key}.crt`)))
      expect(certificate.subjectAltName).toBe('URI:spiffe://gateway.test/device/press-1')
      expect(await store.findByCertificate(press, certificateFingerprint(certificate))).toMatchObject({ certificate: 'current' })
    }
  })
})

describe('a password that comes again', () => {
  it('with the same key gets the same certificate, until the first tunnel', async () => {
    const certificate = await enrolled()
    const again = await enrol('first')
    expect(again.status).toBe(200)
    await certificatesIn(again.body, 'again')
    expect(new X509Certificate(await run('openssl', 'x509', '-in', file('again.crt'))).fingerprint256).toBe(certificate.fingerprint256)
    await confirm(certificate)
    expect(await enrol('first')).toMatchObject({ status: 403, body: expect.stringContaining('used up') })
    expect(alarms).toEqual([])
  })

  it('with another key locks the enrolment and alarms, and then nothing helps but an administrator', async () => {
    const certificate = await enrolled()
    await newRequest('other')
    expect(await enrol('other')).toMatchObject({ status: 409, body: expect.stringContaining('locked') })
    expect(alarms).toEqual([{ kind: 'other_key', deviceId: press, remoteAddress: '127.0.0.1' }])
    for (const name of ['other', 'first']) expect(await enrol(name)).toMatchObject({ status: 403, body: expect.stringContaining('locked') })
    expect((await store.findCertificate(certificateFingerprint(certificate)))?.deviceId).toBe(press)
  })

  it('from two places at once gives one of them a certificate', async () => {
    await newRequest('first')
    await newRequest('other')
    const answers = await Promise.all([enrol('first'), enrol('other')])
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 409]))
    expect(alarms).toHaveLength(1)
  })
})

it('a password that was replaced while the request waited for its body enrols nobody and locks nothing', async () => {
  await enrolled()
  await newRequest('other')
  const body = await readFile(file('other.b64'), 'utf8')
  const sent = httpsRequest({
    host: '127.0.0.1',
    port: listener.address.port,
    servername: 'localhost',
    ca: authority.bundlePem,
    agent: false,
    method: 'POST',
    path: '/.well-known/est/simpleenroll',
    auth: `${press}:${password}`,
    headers: { 'content-type': 'application/pkcs10', 'content-length': Buffer.byteLength(body), expect: '100-continue' },
  })
  const answered = new Promise<number>((resolve) => sent.once('response', (answer) => resolve(answer.resume().statusCode ?? 0)))
  await new Promise((resolve) => sent.once('continue', resolve))
  // The listener has found the password good by the time it has answered somebody else.
  await curl('cacerts')
  openEnrolment(press)
  sent.end(body)
  expect(await answered).toBe(401)
  expect(await store.find(press)).toMatchObject({ state: 'open', publicKeyFingerprint: null })
  expect(alarms).toEqual([])
})

describe('enrolment refuses', () => {
  beforeEach(() => newRequest('first'))

  it.each([
    ['a wrong password', () => enrol('first', 'wrong'), 401, /wrong/],
    ['an unknown device', () => enrol('first', password, 'press-2'), 401, /wrong/],
    ['a name that is no device id', () => enrol('first', password, '../x\u0007'), 401, /wrong/],
    ['no password', () => curl('simpleenroll', ...pkcs10, '--data-binary', '@/dev/null'), 401, /HTTP Basic/],
    ['no body', () => curl('simpleenroll', '--user', `${press}:${password}`, ...pkcs10, '--data-binary', '@/dev/null'), 400, /not base64/],
    [
      'PEM',
      () => curl('simpleenroll', '--user', `${press}:${password}`, ...pkcs10, '--data-binary', `@${file('first.key')}`),
      400,
      /without the lines of PEM/,
    ],
    ['base64 of garbage', () => curl('simpleenroll', '--user', `${press}:${password}`, ...pkcs10, '--data-binary', 'aGVsbG8='), 400, /DER/],
    ['another type', () => curl('simpleenroll', '--user', `${press}:${password}`, '--data-binary', 'aGVsbG8='), 415, /application\/pkcs10/],
    [
      'a body of a megabyte',
      () => curl('simpleenroll', '--user', `${press}:${password}`, ...pkcs10, '--data-binary', `@${file('large')}`),
      413,
      /larger/,
    ],
    [
      'a body of a megabyte in pieces',
      () =>
        curl(
          'simpleenroll',
          '--user',
          `${press}:${password}`,
          ...pkcs10,
          '--header',
          'Transfer-Encoding: chunked',
          '--data-binary',
          `@${file('large')}`,
        ),
      413,
      /larger/,
    ],
    ['another path', () => curl('fullcmc'), 404, /simpleenroll/],
    ['another method', () => curl('simpleenroll'), 405, /POST/],
    [
      'a renewal without a certificate',
      () => curl('simplereenroll', ...pkcs10, '--data-binary', `@${file('first.b64')}`),
      403,
      /no-certificate/,
    ],
  ])('%s', async (_what, attempt, status, reason) => {
    await writeFile(file('large'), 'A'.repeat(1024 * 1024))
    const answer = await attempt()
    expect({ ...answer }).toEqual({ status, body: expect.stringMatching(reason) })
    expect((await store.find(press))?.state).toBe('open')
  })

  it('weak keys', async () => {
    await newRequest('weak', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024')
    expect(await enrol('weak')).toMatchObject({ status: 400, body: expect.stringContaining('1024 bits') })
  })

  it('a key that another device has', async () => {
    expect((await enrol('first')).status).toBe(200)
    const other = 'press-2' as DeviceId
    expect(await enrol('first', openEnrolment(other), other)).toMatchObject({
      status: 409,
      body: expect.stringContaining('Another device has the key'),
    })
    expect(await store.find(other)).toMatchObject({ state: 'open' })
  })

  it('an address that guesses passwords, and alarms; the right device is not kept out from elsewhere', async () => {
    for (let guess = 0; guess < 20; guess += 1) {
      expect((await enrol('first', `guess-${guess}`)).status).toBe(401)
      // Ten for one device, by whomever.
      expect(alarms).toHaveLength(guess < 9 ? 0 : 1)
    }
    expect(await enrol('first')).toMatchObject({ status: 429 })
    expect(alarms).toEqual([{ kind: 'guessing', deviceId: press, remoteAddress: '127.0.0.1' }])
  })

  it('TLS 1.2', async () => {
    await expect(curl('cacerts', '--tls-max', '1.2')).rejects.toThrow(/protocol version/)
  })
})

describe('renewal refuses', () => {
  it.each([
    ['a revoked device', () => store.setStanding(press, 'revoked'), /revoked/],
    ['a suspended device', () => store.setStanding(press, 'suspended'), /suspended/],
    ['a revoked certificate', (certificate: X509Certificate) => store.revokeCertificate(certificateFingerprint(certificate)), /revoked/],
  ])('%s', async (_what, change, reason) => {
    const certificate = await enrolled()
    change(certificate)
    expect(await renew('first', 'first')).toEqual({ status: 403, body: expect.stringMatching(reason) })
  })

  it('a certificate of another authority', async () => {
    await enrolled()
    await run(
      'openssl',
      'req',
      '-x509',
      '-key',
      file('first.key'),
      '-subj',
      '/CN=press-1',
      '-addext',
      'subjectAltName=URI:spiffe://gateway.test/device/press-1',
      '-out',
      file('forged.crt'),
    )
    expect(await renew('first', 'forged', 'first')).toEqual({ status: 403, body: expect.stringContaining('bad-certificate') })
  })

  it('more than a handful in ten minutes', async () => {
    await enrolled()
    const statuses: number[] = []
    for (let round = 0; round < 6; round += 1) statuses.push((await renew('first', 'first')).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })
})

it('renews no more than a handful for requests that wait for their bodies side by side', async () => {
  await enrolled()
  const [key, cert, body] = await Promise.all(['first.key', 'first.crt', 'first.b64'].map((name) => readFile(file(name), 'utf8')))
  const waiting = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const sent = httpsRequest({
        host: '127.0.0.1',
        port: listener.address.port,
        servername: 'localhost',
        ca: authority.bundlePem,
        key,
        cert,
        agent: false,
        method: 'POST',
        path: '/.well-known/est/simplereenroll',
        headers: { 'content-type': 'application/pkcs10', 'content-length': Buffer.byteLength(body ?? ''), expect: '100-continue' },
      }).on('error', () => {})
      const answered = new Promise<number>((resolve) => sent.once('response', (answer) => resolve(answer.resume().statusCode ?? 0)))
      // The listener has begun with this one.
      await Promise.race([new Promise((resolve) => sent.once('continue', resolve)), answered])
      return { sent, answered }
    }),
  )
  for (const { sent } of waiting) sent.end(body)
  const statuses = await Promise.all(waiting.map(({ answered }) => answered))
  expect(statuses.filter((status) => status === 200)).toHaveLength(5)
  expect(statuses.filter((status) => status === 429)).toHaveLength(7)
})

describe('the enrolment listener', () => {
  const dial = () => connect({ host: '127.0.0.1', port: listener.address.port, servername: 'localhost', ca: authority.bundlePem })

  it('drops whoever sends nothing, or its headers drop by drop', async () => {
    const silent = connectTcp({ host: '127.0.0.1', port: listener.address.port }).on('error', () => {})
    const slow = dial().on('error', () => {})
    slow.write('GET /.well-known/est/cacerts HTTP/1.1\r\nHost: x\r\n')
    const drip = setInterval(() => slow.write('x: y\r\n'), 100)
    slow.resume()
    await Promise.all([silent, slow].map((socket) => new Promise((resolve) => socket.once('close', resolve))))
    clearInterval(drip)
  })

  it('survives a client that leaves in the middle of its request', async () => {
    const socket = dial().on('error', () => {})
    socket.write(
      `POST /.well-known/est/simpleenroll HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${Buffer.from(`${press}:${password}`).toString('base64')}\r\n`,
    )
    socket.write('Content-Type: application/pkcs10\r\nContent-Length: 500\r\n\r\nAAAA')
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    socket.destroy()
    expect((await curl('cacerts')).status).toBe(200)
    expect((await store.find(press))?.state).toBe('open')
  })

  it('never resumes a session', async () => {
    const first = dial()
    const sessions: Buffer[] = []
    first.on('session', (session) => sessions.push(session))
    first.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => first.once('data', resolve))
    await vi.waitUntil(() => sessions.length > 0)
    first.destroy()
    const second = connect({
      host: '127.0.0.1',
      port: listener.address.port,
      servername: 'localhost',
      ca: authority.bundlePem,
      session: sessions[0],
    })
    await new Promise((resolve) => second.once('secureConnect', resolve))
    expect(second.isSessionReused()).toBe(false)
    second.destroy()
  })
})

it('a failing store is a 503 that says nothing about it', async () => {
  await newRequest('first')
  store.find = () => Promise.reject(new Error('disk full at /var/lib'))
  const answer = await enrol('first')
  expect(answer.status).toBe(503)
  expect(answer.body).not.toContain('disk')
})
