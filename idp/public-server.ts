import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { IdpSettings } from './settings/idp-settings.ts'
import { listenPrivately } from './listen-privately.ts'

/** Pages and forms only: small, quick, and nobody has a reason to be slow. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Node looks only so often, by itself each 30 s: a request of 30 s would have twice its time.
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 5_000,
} as const

/** The public side of the provider: behind our front on a Unix socket, or on a host and certificate of its own. */
export async function startPublicServer(
  { listen, socketMode }: Pick<IdpSettings, 'listen' | 'socketMode'>,
  handler: RequestListener,
): Promise<Server> {
  if ('socket' in listen) {
    const server = createServer(limits, handler)
    await listenPrivately(listen.socket, socketMode, () => listening(server, () => server.listen(listen.socket)))
    return server
  }
  const { host, port, certFile, keyFile } = listen
  const tls = certFile !== undefined && keyFile !== undefined
  const server = tls
    ? createTlsServer({ ...limits, cert: readFileSync(certFile), key: readFileSync(keyFile), minVersion: 'TLSv1.3' }, handler)
    : createServer(limits, handler)
  server.maxConnections = 2_000
  await listening(server, () => server.listen(port, host))
  return server
}

async function listening(server: Server, listen: () => void): Promise<void> {
  listen()
  await once(server, 'listening')
}
