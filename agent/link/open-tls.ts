import { isIP } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import type { Clock } from '../basics/clock.ts'
import type { AgentSettings, HostPort } from '../settings/agent-settings.ts'
import { proxyFor } from '../settings/proxy-for.ts'
import { openThroughProxy } from './open-through-proxy.ts'

export interface TlsTarget {
  readonly gateway: AgentSettings['gateway']
  readonly target: HostPort
  readonly clock: Clock
  /** The only protocol that is offered; without it, none is negotiated. */
  readonly alpn?: string
  readonly signal?: AbortSignal
  /** Somebody took the connection, the gateway or its proxy: from now on a failure has cost him something, too. */
  readonly onReached?: () => void
}

/** Begins TLS to the gateway's address, through its proxy where there is one. Whom it trusts, and what it shows, the caller says. */
export async function openTls(
  options: TlsTarget,
  trust: Required<Pick<ConnectionOptions, 'minVersion' | 'rejectUnauthorized'>> & Pick<ConnectionOptions, 'ca' | 'key' | 'cert'>,
): Promise<TLSSocket> {
  const { target, gateway, alpn } = options
  const name = gateway.serverName ?? target.host
  const proxy = proxyFor(gateway, target)
  const way = proxy === null ? {} : { socket: await openThroughProxy({ ...options, proxy }) }
  const socket = connect({
    host: target.host,
    port: target.port,
    ...way,
    // Node checks the certificate against `servername`, and against `host` where that is an address, which SNI cannot carry.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
    ...trust,
  })
  if (proxy === null && options.onReached !== undefined) socket.once('connect', options.onReached)
  return socket
}
