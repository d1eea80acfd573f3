import type { TLSSocket } from 'node:tls'
import type { laneAlpn, tunnelAlpn } from '../../agent/wire/agent-api.ts'

export type TunnelProtocol = typeof tunnelAlpn | typeof laneAlpn

/** TLS refuses every other ALPN list by itself (RFC 7301, section 3.2); a peer without any gets this far. */
export function checkProtocol(
  socket: TLSSocket,
  protocol: TunnelProtocol,
): { readonly refusal: 'wrong-protocol'; readonly detail: string } | undefined {
  if (socket.alpnProtocol === protocol && socket.getProtocol() === 'TLSv1.3') return undefined
  return { refusal: 'wrong-protocol', detail: `ALPN ${String(socket.alpnProtocol)} over ${String(socket.getProtocol())}` }
}
