import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect, createServer } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DeviceId } from '../../../gateway/basics/ids.ts'
import { systemClock } from '../../../gateway/basics/clock.ts'
import { silentLogger } from '../../../gateway/basics/logger.ts'
import { startFront } from '../../../gateway/front/start-front.ts'
import type { Front } from '../../../gateway/front/start-front.ts'
import { makeCertificate } from '../../support/make-certificate.ts'
import type { MadeCertificate } from '../../support/make-certificate.ts'
import { openMachineDoors } from './machine-doors.ts'
import type { Credentials, MachineDoors } from './machine-doors.ts'
import { opensslClient } from './openssl-client.ts'

/*
 * TLS that is taken up again, spoken to the wrong port, or begun anew: security.md, E6 (a revoked certificate was accepted on a resumed session); RFC 8446,
 * sections 2.2, 2.3 and 8 (PSK, 0-RTT); CVE-2009-3555 and CVE-2011-1473 (renegotiation); ALPACA (Brinkmann 2021) and RFC 7301, section 3.2 (protocols);
 * CVE-2026-48928, -48934 and -58040 (SNI and sessions); Boundary's and OpenZiti's doors took certificates for another purpose (CWE-295).
 */

let doors: MachineDoors
let front: Front
let certificate: MadeCertificate
let folder: string
const served: string[] = []
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sallyport-tls-'))
  certificate = makeCertificate(folder, ['portal.test', 'a.machines.test'])
  const tls = { cert: await readFile(certificate.chainFile, 'utf8'), key: await readFile(certificate.keyFile, 'utf8') }
  const handler = (host: string) => ({
    handles: (asked: string | undefined) => asked === host,
    request: (request: { url?: string }, response: { end(text: string): void }) => (
      served.push(`${host}${request.url}`),
      response.end(host)
    ),
  })
  const handlers = [handler('portal.test'), handler('a.machines.test')]
  front = await startFront({
    clock: systemClock,
    host: '127.0.0.1',
    port: 0,
    tls,
    handlers,
    limits: { connections: 1_000, connectionsPerAddress: 1_000 },
    logger: silentLogger,
  })
  doors = await openMachineDoors()
})
afterAll(async () => {
  await front.close()
  await doors[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

let enrolled = 0
async function enrol(): Promise<Credentials & { readonly id: DeviceId; readonly fingerprint: string }> {
  const id = `press-${(enrolled += 1)}` as DeviceId
  const { keyPem, certificatePem, fingerprint } = await doors.door.enrol(id)
  return { id, keyPem, chainPem: certificatePem, fingerprint }
}

const portOf = { tunnel: () => doors.door.listener.address.port, enrolment: () => doors.estPort, public: () => front.address.port }
type Port = keyof typeof portOf

/** A connection, and everything that its peer gave it to come back with. */
async function dial(
  port: Port,
  credentials: Credentials | null,
  tls: ConnectionOptions = {},
): Promise<{ socket: TLSSocket; tickets: Buffer[] }> {
  const own = credentials === null ? {} : { key: credentials.keyPem, cert: credentials.chainPem }
  const protocol = port === 'tunnel' ? { ALPNProtocols: ['rh2'] } : {}
  const all = { host: '127.0.0.1', port: portOf[port](), servername: 'localhost', rejectUnauthorized: false, ...own, ...protocol, ...tls }
  const socket = connect(all)
  const tickets: Buffer[] = []
  socket.on('session', (ticket: Buffer) => tickets.push(ticket)).on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('close', () => reject(new Error('closed in the handshake')))
  })
  return { socket, tickets }
}

describe('a session that is taken up again', () => {
  const ways: readonly (readonly [string, ConnectionOptions])[] = [
    ['under the same name', {}],
    ['under another name', { servername: 'elsewhere.test' }],
    ['under no name', { servername: '' }],
    ['for a lane', { ALPNProtocols: ['sallyport-lane/1'] }],
  ]
  it.each([['revoked' as const], ['suspended' as const]])('opens no tunnel to a machine that was %s meanwhile', async (standing) => {
    const machine = await enrol()
    const { socket, tickets } = await dial('tunnel', machine)
    await new Promise((resolve) => socket.once('data', resolve))
    const kept = [...tickets, socket.getSession()].filter((session) => session !== undefined)
    socket.destroy()
    doors.door.store.setStanding(machine.id, standing)
    for (const [how, tls] of ways)
      for (const session of kept) {
        const again = await dial('tunnel', machine, { session, ...tls })
        expect([how, again.socket.isSessionReused()]).toEqual([how, false])
        again.socket.destroy()
        if (how === 'for a lane') continue
        const held = { session, rejectUnauthorized: false, ...tls }
        expect([how, await doors.knock(machine, held)]).toEqual([how, standing])
        expect([how, await doors.renew(machine, held)]).toEqual([how, expect.stringMatching(/^403 .*(?:revoked|suspended)/)])
      }
  })

  it.each(['tunnel', 'enrolment'] as const)(
    'is none at the port for %s, with what OpenSSL was given there by a live machine',
    async (port) => {
      const files = [...(await filesOf(await enrol())), ...(port === 'tunnel' ? ['-alpn', 'rh2'] : [])]
      const sessionFile = path.join(folder, `${port}.session`)
      // TLS 1.3 hands out a name of 32 octets for a state that nobody keeps: Node asks its server for it, and nobody answers.
      const first = await opensslClient(
        portOf[port](),
        [...files, '-sess_out', sessionFile, '-ign_eof'],
        port === 'tunnel' ? 'x'.repeat(100) : 'GET / HTTP/1.0\r\n\r\n',
      )
      expect(first).toContain('New, TLSv1.3')
      expect(first).toContain('New Session Ticket arrived')
      expect(await opensslClient(portOf[port](), [...files, '-sess_in', sessionFile])).toContain('New, TLSv1.3')
    },
  )

  it('that the public port gave is none at the ports for machines, with early data or without (0-RTT)', async () => {
    const sessionFile = path.join(folder, 'public.session')
    const earlyFile = path.join(folder, 'early')
    await writeFile(earlyFile, 'GET /early HTTP/1.1\r\nHost: portal.test\r\n\r\n')
    const ask = 'GET /first HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\n\r\n'
    await opensslClient(portOf.public(), ['-servername', 'portal.test', '-sess_out', sessionFile, '-ign_eof'], ask)
    expect((await readFile(sessionFile, 'latin1')).length).toBeGreaterThan(100)
    const files = await filesOf(await enrol())
    const resuming = ['-sess_in', sessionFile, '-early_data', earlyFile]
    const atPublic = await opensslClient(portOf.public(), ['-servername', 'portal.test', ...resuming])
    expect(atPublic).toContain('Reused, TLSv1.3')
    expect(atPublic).toContain('Early data was not sent')
    for (const port of ['tunnel', 'enrolment'] as const) {
      const said = await opensslClient(portOf[port](), [...files, ...(port === 'tunnel' ? ['-alpn', 'rh2'] : []), ...resuming])
      expect(said).toContain('New, TLSv1.3')
      expect(said).not.toContain('Early data was accepted')
    }
    expect(served.filter((path) => path.includes('early'))).toEqual([])
  })

  it.each(['tunnel', 'enrolment', 'public'] as const)(
    'by a key that nobody agreed on is none at the port %s (external PSK)',
    async (port) => {
      const psk = ['-psk', '00112233445566778899aabbccddeeff', '-psk_identity', 'press-1', ...(port === 'tunnel' ? ['-alpn', 'rh2'] : [])]
      const said = await opensslClient(portOf[port](), psk)
      expect(said).toContain('New, TLSv1.3')
      expect(said).toContain('Peer signature type: ECDSA')
    },
  )

  it('one of the public port, resumed under another name, is held to that name', async () => {
    const first = await dial('public', null, { servername: 'portal.test', maxVersion: 'TLSv1.2' })
    first.socket.write('GET /one HTTP/1.1\r\nHost: portal.test\r\n\r\n')
    await new Promise((resolve) => first.socket.once('data', resolve))
    const session = first.socket.getSession()
    first.socket.destroy()
    const other = await dial('public', null, {
      servername: 'a.machines.test',
      maxVersion: 'TLSv1.2',
      ...(session === undefined ? {} : { session }),
    })
    expect(await ask(other.socket, 'portal.test', '/by-a-resumed-name')).toBe(421)
  })
})

describe('a handshake that begins anew on a connection (CVE-2009-3555, CVE-2011-1473)', () => {
  it('is refused by the public port, which still speaks TLS 1.2', async () => {
    const said = await opensslClient(
      portOf.public(),
      ['-tls1_2', '-servername', 'portal.test'],
      'R\n',
      /no renegotiation|RENEGOTIATING[^]*verify return/i,
    )
    expect(said).toContain('Protocol  : TLSv1.2')
    expect(said).toMatch(/no renegotiation/i)
  })

  it.each(['tunnel', 'enrolment'] as const)('cannot be at the port for %s: there is no TLS below 1.3', async (port) => {
    for (const version of ['-tls1', '-tls1_1', '-tls1_2']) {
      const said = await opensslClient(portOf[port](), [version, '-cipher', 'DEFAULT@SECLEVEL=0', '-alpn', 'rh2'])
      expect(said).toMatch(/alert protocol version/)
    }
  })

  it('and TLS 1.0 and 1.1, and weak ciphers, are spoken nowhere (INT-1)', async () => {
    for (const version of ['-tls1', '-tls1_1'])
      expect(await opensslClient(portOf.public(), [version, '-cipher', 'DEFAULT@SECLEVEL=0'])).toMatch(/alert protocol version/)
    for (const cipher of ['NULL', 'RC4', '3DES', 'EXPORT', 'aNULL', 'kRSA']) {
      const said = await opensslClient(portOf.public(), ['-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`])
      expect(said, cipher).toMatch(/handshake failure|no cipher match|insufficient security/)
    }
  })
})

describe('a protocol at the wrong port (ALPACA)', () => {
  it.each<readonly [Port, readonly string[]]>([
    ['public', ['rh2']],
    ['public', ['sallyport-lane/1']],
    ['public', ['h2']],
    ['public', ['ftp']],
    ['public', ['smtp', 'imap', 'rh2']],
    ['enrolment', ['rh2']],
    ['enrolment', ['sallyport-lane/1']],
    ['enrolment', ['h2']],
    ['tunnel', ['http/1.1']],
    ['tunnel', ['h2']],
    ['tunnel', ['RH2']],
    ['tunnel', ['rh2 ']],
    ['tunnel', ['rh']],
  ])('%s, asked for %j, ends the handshake', async (port, protocols) => {
    const said = await opensslClient(portOf[port](), ['-alpn', protocols.join(',')])
    expect(said).toMatch(/alert no application protocol/)
  })

  it('without any protocol, the tunnel port says what it is, and hears no HTTP', async () => {
    const machine = await enrol()
    expect(await doors.knock(machine, { ALPNProtocols: [] })).toBe('wrong-protocol')
  })

  it('the tunnel port does not take HTTP/1.1 for HTTP/2, nor enrolment HTTP/2 for HTTP/1.1', async () => {
    const machine = await enrol()
    const { socket } = await dial('tunnel', machine)
    socket.resume().write('POST /.well-known/est/simplereenroll HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await new Promise((resolve) => socket.once('close', resolve))
    expect(doors.door.listener.links.get(machine.id)).toBeUndefined()
    const est = await dial('enrolment', machine)
    const heard = new Promise<string>((resolve) => est.socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1'))))
    est.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    expect(await heard).toMatch(/^HTTP\/1\.1 400 /)
    est.socket.destroy()
  })
})

describe('a name in the handshake and another one in the request', () => {
  it.each([
    ['portal.test', 'portal.test', 200],
    ['PORTAL.TEST', 'portal.test', 200],
    ['', 'portal.test', 200],
    ['a.machines.test', 'portal.test', 421],
    ['portal.test', 'a.machines.test', 421],
    ['elsewhere.test', 'portal.test', 421],
    ['portal.test.', 'portal.test', 421],
    ['xn--portal-qta.test', 'portal.test', 421],
  ])('%j and %j: %i (CVE-2026-48928)', async (servername, host, status) => {
    const { socket } = await dial('public', null, { servername })
    const before = served.length
    expect(await ask(socket, host, '/named')).toBe(status)
    expect(served.length - before).toBe(status === 200 ? 1 : 0)
  })
})

describe('a certificate for another purpose', () => {
  it.each(['tunnel', 'enrolment'] as const)("the gateway's own server certificate opens nothing at the port for %s", async (port) => {
    const { keyPem, certificatePem } = doors.door.certificate.current()
    const knock = port === 'tunnel' ? doors.knock : doors.renew
    expect(await knock({ keyPem, chainPem: certificatePem })).toMatch(port === 'tunnel' ? /^bad-certificate$/ : /^403 .*bad-certificate/)
  })

  it("nor does the public port's", async () => {
    const [keyPem, chainPem] = await Promise.all([readFile(certificate.keyFile, 'utf8'), readFile(certificate.chainFile, 'utf8')])
    expect(await doors.knock({ keyPem, chainPem })).toBe('bad-certificate')
    expect(await doors.renew({ keyPem, chainPem })).toMatch(/^403 .*bad-certificate/)
  })

  it('a machine that poses as a server with its own certificate is no server to OpenSSL, nor to Node', async () => {
    const machine = await enrol()
    const server = createServer({ key: machine.keyPem, cert: machine.chainPem, ALPNProtocols: ['rh2', 'http/1.1'] }, (socket) =>
      socket.resume(),
    )
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const caFile = path.join(folder, 'ca.pem')
    await writeFile(caFile, doors.door.authority.bundlePem)
    for (const name of ['localhost', machine.id, `${machine.id}.gateway.test`]) {
      const refusedBy = new Promise<string>((resolve) => {
        const socket = connect({ host: '127.0.0.1', port, servername: name, ca: doors.door.authority.bundlePem })
        socket.once('error', (error) => resolve('code' in error ? String(error.code) : ''))
        socket.once('secureConnect', () => resolve('taken for a server'))
      })
      expect(await refusedBy).toMatch(/^(?:INVALID_PURPOSE|ERR_TLS_CERT_ALTNAME_INVALID)$/)
    }
    expect(await opensslClient(port, ['-CAfile', caFile, '-verify_return_error'])).toMatch(
      /unsuitable certificate purpose|unsupported certificate purpose/,
    )
    server.close()
  })
})

/** The status of one request over this connection. */
async function ask(socket: TLSSocket, host: string, target: string): Promise<number> {
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')))
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  await vi.waitFor(() => expect(socket.closed).toBe(true))
  return Number(heard.slice(9, 12))
}

async function filesOf(credentials: Credentials): Promise<string[]> {
  const [cert, key] = [path.join(folder, 'client.pem'), path.join(folder, 'client.key')]
  await writeFile(cert, credentials.chainPem)
  await writeFile(key, credentials.keyPem)
  return ['-cert', cert, '-key', key]
}
