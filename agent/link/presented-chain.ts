import { X509Certificate } from 'node:crypto'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import { openTls, type TlsTarget } from './open-tls.ts'
import { untilSecure } from './until-secure.ts'

/** More than any chain of a rightful gateway. */
const longestChain = 10

/**
 * The certificates that whoever answers there shows, trusted or not, his own first; none where he shows none. For a sentence to people and nothing
 * else: the connection brings no certificate of ours, no byte of ours follows the handshake, and it is gone when this returns.
 */
export async function presentedChain(options: TlsTarget): Promise<readonly X509Certificate[]> {
  try {
    // Whom we do not trust is the very one to be looked at.
    const socket = await openTls(options, { minVersion: 'TLSv1.2', rejectUnauthorized: false })
    try {
      await untilSecure(socket, options)
      return chainOf(socket)
    } finally {
      socket.on('error', () => {})
      socket.destroy()
    }
  } catch {
    return []
  }
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = []
  // Typed as if they were all there; the last one of a chain names itself as its issuer, or nobody.
  let at: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true)
  while (at?.raw !== undefined && chain.length < longestChain) {
    chain.push(new X509Certificate(at.raw))
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate
  }
  return chain
}
