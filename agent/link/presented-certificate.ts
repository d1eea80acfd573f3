import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { Clock } from '../basics/clock.ts'
import type { AgentSettings, HostPort } from '../settings/agent-settings.ts'
import { openThroughProxy } from './open-through-proxy.ts'
import { untilSecure } from './until-secure.ts'

/**
 * The certificate that whoever answers there shows, trusted or not; null where he shows none. For a sentence to people and nothing else: the
 * connection brings no certificate of ours, no byte of ours follows the handshake, and it is gone when this returns.
 */
export async function presentedCertificate(options: {
  readonly gateway: AgentSettings['gateway']
  readonly target: HostPort
  readonly clock: Clock
  readonly alpn?: string
  readonly signal?: AbortSignal
}): Promise<X509Certificate | null> {
  const { gateway, target, alpn } = options
  const name = gateway.serverName ?? target.host
  try {
    const way = gateway.proxy === null ? {} : { socket: await openThroughProxy({ ...options, proxy: gateway.proxy }) }
    const socket = connect({
      host: target.host,
      port: target.port,
      ...way,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      minVersion: 'TLSv1.2',
      // Whom we do not trust is the very one to be looked at.
      rejectUnauthorized: false,
      ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
    })
    try {
      await untilSecure(socket, options)
      return socket.getPeerX509Certificate() ?? null
    } finally {
      socket.on('error', () => {})
      socket.destroy()
    }
  } catch {
    return null
  }
}
