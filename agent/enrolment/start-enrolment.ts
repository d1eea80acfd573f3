import { createHash, createPublicKey } from 'node:crypto'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { createBackoff } from '../link/backoff.ts'
import { strangerOf } from '../link/explain-stranger.ts'
import type { Stranger } from '../link/explain-stranger.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { enrolmentCode } from '../wire/enrolment-code.ts'
import type { Credential } from './credential.ts'
import { deviceKey } from './device-key.ts'
import { obtainCertificate } from './obtain-certificate.ts'
import { createRenewLate } from './renew-late.ts'
import { hasEnded, storedCredential } from './stored-credential.ts'

export interface EnrolmentOptions {
  readonly settings: AgentSettings
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly onStatus: (status: EnrolmentStatus) => void
  /** Why the certificate in use could not be renewed; null when it was. */
  readonly onRenewal: (failure: RenewalFailure | null) => void
  /** The certificate in use has ended, so that nothing can be dialled with it any more. */
  readonly onEnded: () => void
  /** Another one was given for a certificate that had ended then, Unix milliseconds. */
  readonly onRenewedLate: (endedAtMs: number) => void
  /** Called with the first credential and with each renewed one, when it is durable. */
  readonly onCredential: (credential: Credential) => void
}

export type EnrolmentStatus =
  /** `reason`: `certificate_expired` where the machine had a certificate, which has ended; else null. */
  | { readonly state: 'enrolling'; readonly reason: string | null }
  | {
      readonly state: 'enrolment_failed'
      readonly reason: string
      readonly stranger: Stranger | null
      readonly nextAttemptAtMs: number
      readonly code: string | null
    }
  | { readonly state: 'enrolled' }

export interface RenewalFailure {
  readonly reason: string
  readonly stranger: Stranger | null
  /** The certificate in use ends then, and with it the connection. */
  readonly expiresAtMs: number
}

export interface Enrolment {
  close(): void
}

/** A refusal needs a person: asking often only fills the gateway's log. */
const refusedRetryMs = 60_000
/** Somebody stands before the panel and the portal with the code. The gateway may want more, or less, of a machine that waits for a person. */
const pendingRetryS = { usual: 10, least: 1, most: 600 }
const longestRetryMs = 5 * 60_000
/** A gateway that starts anew is nobody's business: so many failed renewals in a row are told, and at once what a person must mend. */
const worthTelling = 5
/** The wall clock may jump, so a renewal is looked at this often. */
const lookEveryMs = 60_000

/** Gets the device its certificate, and keeps it valid, for as long as the process lives. Never throws; failures are shown and tried again. */
export function startEnrolment(options: EnrolmentOptions): Enrolment {
  const { settings, clock, logger } = options
  const backoff = createBackoff({ baseMs: 2_000, capMs: longestRetryMs, random: options.random })
  const ending = new AbortController()
  let timer: Timer | undefined
  let current: Credential | null = null
  let renewalsFailed = 0
  const renewLate = createRenewLate()
  /** Thumbprint of a certificate that has ended by the gateway's clock, whatever ours says. */
  let saidToBeOver: string | null = null
  const isOver = (one: Credential): boolean => hasEnded(one, clock.nowMs()) || one.thumbprint === saidToBeOver

  const later = (delayMs: number, run: () => Promise<void>): void => {
    if (!ending.signal.aborted) timer = clock.after(delayMs, () => void run())
  }
  const take = (credential: Credential, lookInMs: number): void => {
    if (ending.signal.aborted) return
    backoff.reset()
    current = credential
    options.onStatus({ state: 'enrolled' })
    options.onRenewal(null)
    renewalsFailed = 0
    options.onCredential(credential)
    later(lookInMs, watch)
  }
  /** What comes back may be due again at once: a clock is wrong, or the gateway wants to keep this machine busy. */
  const takeNew = (credential: Credential): void =>
    take(credential, renewalDueInMs(credential, clock.nowMs()) > 0 ? lookEveryMs : longestRetryMs)

  const enrol = async (): Promise<void> => {
    try {
      const privateKey = await deviceKey({ ...settings, random: options.random })
      const stored = await storedCredential(options, privateKey)
      if (stored !== null && !isOver(stored)) return take(stored, 0)
      options.onStatus({ state: 'enrolling', reason: stored === null ? null : 'certificate_expired' })
      const asked = { settings, clock, privateKey, signal: ending.signal }
      const obtained = await (stored === null ? obtainCertificate({ ...asked, renewing: null }) : renewLate({ ...asked, ended: stored }))
      if (stored !== null && !ending.signal.aborted) options.onRenewedLate(stored.notAfterMs)
      takeNew(obtained)
      logger.info({ device: settings.device.id, ended: stored && new Date(stored.notAfterMs).toISOString() }, 'enrolled')
    } catch (error) {
      if (ending.signal.aborted) return
      const waits = errorCode(error) === 'enrolment_pending' || errorCode(error) === 'renewal_pending'
      const delayMs = waits ? pendingDelayMs(error) : needsPerson(error) ? refusedRetryMs : Math.max(1_000, backoff.nextMs())
      logger[waits ? 'info' : 'warn']({ reason: errorCode(error), error, retry_ms: delayMs }, 'the enrolment failed')
      options.onStatus({
        state: 'enrolment_failed',
        reason: errorCode(error),
        stranger: strangerOf(error),
        nextAttemptAtMs: clock.nowMs() + delayMs,
        code: waits ? await codeOf(options) : null,
      })
      later(delayMs, enrol)
    }
  }

  const watch = async (): Promise<void> => {
    if (current === null) return
    const { notAfterMs, privateKey } = current
    const dueInMs = renewalDueInMs(current, clock.nowMs())
    if (isOver(current)) {
      options.onEnded()
      return enrol()
    }
    if (dueInMs > 0) return later(Math.min(dueInMs, lookEveryMs), watch)
    try {
      takeNew(await obtainCertificate({ settings, clock, privateKey, renewing: current, signal: ending.signal }))
      logger.info({ until: new Date(current.notAfterMs).toISOString() }, 'the certificate was renewed')
    } catch (error) {
      if (ending.signal.aborted) return
      if (errorCode(error) === 'enrolment_pending') {
        // Only a certificate that has ended is made to wait: our clock is behind.
        saidToBeOver = current.thumbprint
        return watch()
      }
      logger.warn({ reason: errorCode(error), error, expires_at: new Date(notAfterMs).toISOString() }, 'the renewal failed')
      renewalsFailed += 1
      if (needsPerson(error) || renewalsFailed >= worthTelling)
        options.onRenewal({ reason: errorCode(error), stranger: strangerOf(error), expiresAtMs: notAfterMs })
      later(Math.max(1_000, backoff.nextMs()), watch)
    }
  }

  timer = clock.after(0, () => void enrol())
  return {
    close: () => {
      ending.abort()
      timer?.cancel()
    },
  }
}

/** As the gateway makes it of the key in the request. */
async function codeOf({ settings, random }: EnrolmentOptions): Promise<string> {
  const spki = createPublicKey(await deviceKey({ ...settings, random })).export({ type: 'spki', format: 'der' })
  return enrolmentCode(createHash('sha256').update(spki).digest('hex'))
}

/** At two thirds of its lifetime. */
function renewalDueInMs({ notBeforeMs, notAfterMs }: Credential, nowMs: number): number {
  return notBeforeMs + ((notAfterMs - notBeforeMs) * 2) / 3 - nowMs
}

function pendingDelayMs(error: unknown): number {
  const { usual, least, most } = pendingRetryS
  return 1_000 * Math.min(most, Math.max(least, (error instanceof AgentError ? error.retryS : null) ?? usual))
}

const needingPerson = new Set([
  'enrolment_refused',
  'enrolment_pending',
  'renewal_refused',
  'renewal_pending',
  'clock_ahead',
  'no_password',
  'bad_key',
  'key_locked',
  'bad_credential',
  'foreign_certificate',
  'tls_inspected',
  'other_authority',
])

function needsPerson(error: unknown): boolean {
  return needingPerson.has(errorCode(error))
}
