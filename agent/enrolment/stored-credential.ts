import type { KeyObject } from 'node:crypto'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { errorCode } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { readFileIfThere } from '../state/atomic-file.ts'
import { checkCredential } from './credential.ts'
import type { Credential } from './credential.ts'

export const certificateFile = (stateDir: string): string => join(stateDir, 'device.crt')

/** The device's name in certificates and approvals. */
export function spiffeIdOf(settings: AgentSettings): string {
  return `spiffe://${settings.gateway.trustDomain}/device/${settings.device.id}`
}

export const hasEnded = ({ notAfterMs }: Credential, nowMs: number): boolean => nowMs >= notAfterMs

/** What the state directory holds for this key, also when its time is over; null where there is nothing of use. */
export async function storedCredential(
  options: { readonly settings: AgentSettings; readonly clock: Clock; readonly logger: Logger },
  privateKey: KeyObject,
): Promise<Credential | null> {
  const { settings, clock, logger } = options
  const pem = await readFileIfThere(certificateFile(settings.stateDir))
  if (pem === null) return null
  try {
    const certificates = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
      (one) => new X509Certificate(one),
    )
    return checkCredential({ privateKey, certificates, spiffeId: spiffeIdOf(settings), nowMs: clock.nowMs(), endedToo: true })
  } catch (error) {
    logger.warn({ reason: errorCode(error), error }, 'the stored certificate is not usable; enrolling again')
    return null
  }
}
