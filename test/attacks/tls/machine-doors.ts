import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { systemClock } from '../../../gateway/basics/clock.ts'
import type { DeviceId } from '../../../gateway/basics/ids.ts'
import { silentLogger } from '../../../gateway/basics/logger.ts'
import { startEstListener } from '../../../gateway/pki/est-listener.ts'
import type { EstListenerOptions } from '../../../gateway/pki/est-listener.ts'
import { sha256Hex } from '../../../gateway/pki/fingerprint.ts'
import type { TunnelLimits } from '../../../gateway/tunnels/tunnel-limits.ts'
import { openTestDoor } from '../../support/test-door.ts'
import type { TestDoor } from '../../support/test-door.ts'
import { pem } from './forge-certificate.ts'

/** Key and chain of whoever knocks. */
export interface Credentials {
  readonly keyPem: string
  readonly chainPem: string
}

/** The ports for machines, tunnel and enrolment, over one authority whose keys the attacker has, and one set of records. */
export interface MachineDoors extends AsyncDisposable {
  readonly door: TestDoor
  readonly estPort: number
  readonly root: Signer
  readonly issuing: Signer
  /** Writes the certificate into the records as a good one of this device: only its own form may keep it out. */
  record(deviceId: string, certificate: Buffer): Promise<void>
  /** What the tunnel port says: `in`, the reason of its GOAWAY, or the alert that ended the handshake. */
  knock(credentials: Credentials, tls?: ConnectionOptions): Promise<string>
  /** What simplereenroll answers: status and sentence, or the alert. */
  renew(credentials: Credentials, tls?: ConnectionOptions): Promise<string>
}

export interface Signer {
  readonly name: string
  readonly certificate: Buffer
  readonly privateKey: KeyObject
}

export async function openMachineDoors(
  limits: Partial<TunnelLimits> = {},
  enrolment: Partial<Pick<EstListenerOptions, 'headersTimeoutMs'>> = {},
): Promise<MachineDoors> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sallyport-doors-'))
  const door = await openTestDoor({ directory, limits: { reconnectBurst: 10_000, ...limits } })
  const { authority, certificate, store } = door
  const est = await startEstListener({
    host: '127.0.0.1',
    port: 0,
    certificate,
    authority,
    store,
    admission: store,
    clock: systemClock,
    logger: silentLogger,
    certificateLifetimeMs: 86_400_000,
    onAlarm: () => {},
    guard: { perSecond: 1_000, burst: 1_000, ofAddress: { perSecond: 1_000, burst: 1_000 } },
    ...enrolment,
  })
  const signer = async (name: string, keyName: string): Promise<Signer> => {
    const certificate = new X509Certificate(await readFile(path.join(directory, 'authority', `${name}.pem`)))
    const key = await readFile(path.join(directory, 'authority', `${keyName}.pem`), 'utf8')
    return { name: certificate.subject.slice(3), certificate: certificate.raw, privateKey: createPrivateKey(key) }
  }
  const dial = (port: number, { keyPem, chainPem }: Credentials, tls: ConnectionOptions): TLSSocket =>
    connect({ host: '127.0.0.1', port, servername: 'localhost', ca: authority.bundlePem, key: keyPem, cert: chainPem, ...tls })
  return {
    door,
    estPort: est.address.port,
    root: await signer('root', path.join('root', 'root-key')),
    issuing: await signer('issuing', 'issuing-key'),
    async record(name, der) {
      const deviceId = name as DeviceId
      const fingerprint = sha256Hex(der)
      if ((await store.find(deviceId)) === undefined) store.open(deviceId, '0'.repeat(64))
      const notAfter = Date.now() + 3_600_000
      await store.addCertificate({
        deviceId,
        fingerprint,
        serial: '1',
        publicKeyFingerprint: fingerprint,
        pem: pem(der),
        notBefore: 0,
        notAfter,
      })
    },
    knock: (credentials, tls = {}) =>
      heard(() => dial(door.listener.address.port, credentials, { ALPNProtocols: ['rh2'], ...tls }), readVerdict),
    renew: (credentials, tls = {}) =>
      heard(() => {
        const socket = dial(est.address.port, credentials, tls)
        socket.write(
          'POST /.well-known/est/simplereenroll HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n',
        )
        return socket
      }, readAnswer),
    async [Symbol.asyncDispose]() {
      await est.close()
      await door[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Listens until the peer has said enough, or nothing more comes. */
function heard(open: () => TLSSocket, read: (bytes: Buffer) => string | undefined): Promise<string> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0)
    const settle = (what: string): void => {
      resolve(what)
      socket.destroy()
    }
    let socket: TLSSocket
    try {
      socket = open()
    } catch (error) {
      return resolve(`cannot even be sent: ${String(error)}`)
    }
    socket.on('error', (error) => settle(`alert ${'code' in error ? String(error.code) : error.message}`))
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      const verdict = read(bytes)
      if (verdict !== undefined) settle(verdict)
    })
    socket.on('close', () => settle('closed without a word'))
  })
}

const prefaceBytes = 24
const settingsFrame = 0x4
const goawayFrame = 0x7

/** Frames of the gateway, which is the HTTP/2 client (RFC 9113, sections 3.4, 4.1, 6.8): who is refused gets an empty SETTINGS and a GOAWAY. */
function readVerdict(bytes: Buffer): string | undefined {
  for (let at = prefaceBytes; bytes.length >= at + 9;) {
    const length = bytes.readUIntBE(at, 3)
    if (bytes.length < at + 9 + length) return undefined
    const type = bytes[at + 3]
    if (type === goawayFrame) return bytes.subarray(at + 9 + 8, at + 9 + length).toString('latin1')
    if (type === settingsFrame && length > 0) return 'in'
    at += 9 + length
  }
  return undefined
}

function readAnswer(bytes: Buffer): string | undefined {
  const [head = '', body = ''] = bytes.toString('latin1').split('\r\n\r\n')
  return body === '' ? undefined : `${head.slice(9, 12)} ${body.trim()}`
}
