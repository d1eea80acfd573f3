import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Credential } from './credential.ts'
import { obtainCertificate, oneTimePassword } from './obtain-certificate.ts'
import type { ObtainOptions } from './obtain-certificate.ts'

export type RenewLate = (options: Omit<ObtainOptions, 'renewing'> & { readonly ended: Credential }) => Promise<Credential>

/**
 * A certificate for a machine whose own ended while it was away: by the key of the one that has ended, which the gateway takes for a period, and later when an
 * administrator agrees. Where it does not, a one-time password may have been put here instead: each is tried once, since the old one would only
 * look like somebody who guesses.
 */
export function createRenewLate(): RenewLate {
  const tried = new Set<string>()
  return async ({ ended, ...options }) => {
    try {
      return await obtainCertificate({ ...options, renewing: ended })
    } catch (error) {
      const why = decided[errorCode(error)]
      if (why === undefined) throw error
      const password = await oneTimePassword(options.settings).catch(() => null)
      if (password === null || tried.has(password)) throw refusal(why, error)
      try {
        return await obtainCertificate({ ...options, renewing: null })
      } catch (second) {
        // The password is good, and a person compares the code.
        if (errorCode(second) === 'enrolment_pending') throw second
        if (errorCode(second) === 'enrolment_refused') tried.add(password)
        throw refusal(why, error)
      }
    }
  }
}

interface Refusal {
  readonly code: string
  readonly message: string
}

const decided: Readonly<Record<string, Refusal>> = {
  enrolment_pending: {
    code: 'renewal_pending',
    message: 'The certificate ended too long ago. A service administrator has to confirm this machine in the portal, under Devices.',
  },
  enrolment_refused: {
    code: 'renewal_refused',
    message: 'The gateway does not renew the certificate, which has ended. The service administration can make a new one-time password.',
  },
}

const refusal = ({ code, message }: Refusal, cause: unknown): AgentError =>
  new AgentError({
    code,
    message,
    cause,
    ...(cause instanceof AgentError && cause.retryS !== null ? { retryS: cause.retryS } : {}),
  })
