import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { CertificateAuthority, ServerKeyMaterial } from './certificate-authority.ts'

/** The certificate of our tunnel and enrolment listeners: a new key at each start and at two thirds of each lifetime, never on disk. */
export interface ServerCertificate {
  current(): ServerKeyMaterial
  /** Listeners take the new one into their TLS context. Gives back the way to stop listening. */
  onRenewed(listener: (material: ServerKeyMaterial) => void): () => void
  /** Issues a new one now; a failure is logged and tried again by itself. */
  renewNow(): Promise<void>
  close(): void
}

export interface ServerCertificateOptions {
  readonly authority: Pick<CertificateAuthority, 'issueServerCertificate'>
  /** DNS names (or IP addresses) under which devices reach the gateway. */
  readonly names: readonly string[]
  readonly clock: Clock
  readonly logger: Logger
  /** Default: 30 days. */
  readonly lifetimeMs?: number
}

const dayMs = 24 * 60 * 60_000
const lookEveryMs = 60_000
/** Certificates are backdated by an hour (certificate-authority.ts): a clock that was set back by less does no harm. */
const clockSetBackMs = 30 * 60_000

export async function startServerCertificate(options: ServerCertificateOptions): Promise<ServerCertificate> {
  const { authority, names, clock, logger, lifetimeMs = 30 * dayMs } = options
  const listeners = new Set<(material: ServerKeyMaterial) => void>()
  let issuedAtMs = clock.nowMs()
  let material = await authority.issueServerCertificate(names, lifetimeMs)
  let timer: Timer | undefined
  let closed = false

  async function renew(): Promise<void> {
    timer?.cancel()
    try {
      const nowMs = clock.nowMs()
      material = await authority.issueServerCertificate(names, lifetimeMs)
      issuedAtMs = nowMs
      for (const listener of listeners) listener(material)
    } catch (error) {
      logger.error({ err: error }, 'the server certificate could not be renewed, trying again')
    }
    arm()
  }

  /** By the wall clock, which the peers hold it against and which may jump: at a first start, or when a machine was suspended. */
  function isDue(): boolean {
    const nowMs = clock.nowMs()
    return nowMs >= issuedAtMs + (material.notAfter - issuedAtMs) * (2 / 3) || nowMs < issuedAtMs - clockSetBackMs
  }

  function arm(): void {
    timer?.cancel()
    if (!closed) timer = clock.after(lookEveryMs, () => (isDue() ? void renew() : arm()))
  }

  arm()
  return {
    current: () => material,
    onRenewed(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    renewNow: renew,
    close() {
      closed = true
      timer?.cancel()
    },
  }
}
