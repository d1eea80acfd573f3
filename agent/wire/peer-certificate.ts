import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'

/**
 * The leaf that the other side showed, whether or not it is trusted; undefined where it showed none, or where the connection is gone.
 * `getPeerX509Certificate()` is the same by its name, and takes the certificate out of the connection's own chain without freeing it
 * (Node 20 to 24; measured: 4.5 KB of each connection stay for as long as the process lives).
 */
export function peerCertificate(socket: TLSSocket): X509Certificate | undefined {
  // Typed as a certificate; an object without members where there is none, and null when the connection is gone.
  const shown: Partial<Pick<ReturnType<TLSSocket['getPeerCertificate']>, 'raw'>> | null = socket.getPeerCertificate()
  return shown?.raw === undefined ? undefined : new X509Certificate(shown.raw)
}
