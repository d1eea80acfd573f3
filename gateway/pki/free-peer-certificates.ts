import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

interface Handle {
  getPeerCertificate(abbreviated: boolean): object | undefined
  getPeerX509Certificate(): object | undefined
}

/**
 * From 24.21 on Node asks each client that was verified for its certificate, to see that there is one, and what it asks with takes the certificate out of
 * the connection's chain without freeing it: 4.5 KB of each tunnel and lane stay for as long as the process lives (26.9 frees it; nodejs/node#65579 is of the
 * same lines). Here it asks the call that frees. Whoever wants the certificate itself takes `peerCertificate` (agent/wire).
 */
export function freePeerCertificates(): void {
  const probe = new TLSSocket(new Socket())
  const { _handle: handle } = probe as unknown as { readonly _handle: Handle }
  probe.destroy()
  const shared = Object.getPrototypeOf(handle) as Handle
  if (typeof shared.getPeerX509Certificate !== 'function' || typeof shared.getPeerCertificate !== 'function') return
  shared.getPeerX509Certificate = function (this: Handle) {
    return this.getPeerCertificate(true)
  }
}
