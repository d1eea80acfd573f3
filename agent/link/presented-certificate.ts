import type { X509Certificate } from 'node:crypto'
import { openTls, type TlsTarget } from './open-tls.ts'
import { untilSecure } from './until-secure.ts'

/**
 * The certificate that whoever answers there shows, trusted or not; null where he shows none. For a sentence to people and nothing else: the
 * connection brings no certificate of ours, no byte of ours follows the handshake, and it is gone when this returns.
 */
export async function presentedCertificate(options: TlsTarget): Promise<X509Certificate | null> {
  try {
    // Whom we do not trust is the very one to be looked at.
    const socket = await openTls(options, { minVersion: 'TLSv1.2', rejectUnauthorized: false })
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
