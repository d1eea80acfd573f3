import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'

/**
 * A firewall that opens TLS on its way to one port, as companies' do: under an authority of its own it poses as the server, and passes on
 * what it read. Whoever trusts that authority notices nothing.
 */
export interface InspectingRelay extends AsyncDisposable {
  readonly port: number
  /** What it read of whoever called. */
  read(): Buffer
  /** Connections that it tried to open, and certificates that were shown to it. */
  readonly opened: { connections: number; certificates: number }
  /** Opens each connection from now on, or passes it on as it is; cuts what stands. */
  set(way: 'inspect' | 'pass'): void
}

export interface RelayIdentity {
  readonly caFile: string
  readonly key: Buffer
  readonly cert: Buffer
}

/** An authority that is not the gateway's, and a certificate of it for `localhost` and 127.0.0.1. */
export function inspectorsIdentity(folder: string): RelayIdentity {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  openssl('req', '-x509', ...key, '-keyout', 'root.key', '-out', 'root.pem', '-subj', '/O=Corp Security/CN=Corp Web Filter')
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-addext', 'extendedKeyUsage=serverAuth']
  const leaf = ['-CA', 'root.pem', '-CAkey', 'root.key', '-subj', '/CN=localhost', '-addext', 'basicConstraints=critical,CA:FALSE']
  openssl('req', '-x509', ...key, ...leaf, ...names, '-keyout', 'leaf.key', '-out', 'leaf.pem')
  const at = (name: string): string => join(folder, name)
  return {
    caFile: at('root.pem'),
    key: readFileSync(at('leaf.key')),
    cert: Buffer.concat([readFileSync(at('leaf.pem')), readFileSync(at('root.pem'))]),
  }
}

/** `target`: port of loopback, asked for with each connection. */
export async function openInspectingRelay(target: () => number, { key, cert }: RelayIdentity): Promise<InspectingRelay> {
  const open = new Set<Socket>()
  const heard: Buffer[] = []
  const opened = { connections: 0, certificates: 0 }
  let way: 'inspect' | 'pass' = 'inspect'
  const keep = <Kept extends Socket>(socket: Kept): Kept => {
    open.add(socket)
    socket.on('error', () => socket.destroy()).once('close', () => open.delete(socket))
    return socket
  }
  const join = (near: Socket, far: Socket): void => {
    near.pipe(far).pipe(near)
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  }

  // It takes any protocol, and any certificate or none.
  const secure = createTlsServer({
    key,
    cert,
    requestCert: true,
    rejectUnauthorized: false,
    ALPNCallback: ({ protocols }) => protocols[0],
  })
  secure.on('tlsClientError', () => {})
  secure.on('secureConnection', (near: TLSSocket) => {
    if (near.getPeerX509Certificate() !== undefined) opened.certificates += 1
    near.on('error', () => {}).on('data', (chunk: Buffer) => heard.push(chunk))
    const protocol = typeof near.alpnProtocol === 'string' ? { ALPNProtocols: [near.alpnProtocol] } : {}
    join(near, keep(connectTls({ host: '127.0.0.1', port: target(), servername: 'localhost', rejectUnauthorized: false, ...protocol })))
  })
  const server = createServer({ noDelay: true }, (near) => {
    keep(near)
    if (way === 'pass') return join(near, keep(connect({ host: '127.0.0.1', port: target(), noDelay: true })))
    opened.connections += 1
    secure.emit('connection', near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    opened,
    read: () => Buffer.concat(heard),
    set: (next) => {
      way = next
      for (const socket of open) socket.destroy()
    },
    [Symbol.asyncDispose]: () => {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
