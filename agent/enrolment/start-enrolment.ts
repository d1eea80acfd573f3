import type { KeyObject } from 'node:crypto'
import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { createBackoff } from '../link/backoff.ts'
import { dialGateway } from '../link/dial-gateway.ts'
import { strangerOf } from '../link/explain-stranger.ts'
import type { Stranger } from '../link/explain-stranger.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { hostHeader } from '../settings/host-port.ts'
import { readFileIfThere, writeFileAtomic } from '../state/atomic-file.ts'
import { enrolmentCode } from '../wire/enrolment-code.ts'
import { certificateRequest } from './certificate-request.ts'
import { checkCredential } from './credential.ts'
import type { Credential } from './credential.ts'
import { deviceKey } from './device-key.ts'
import { estEnrol } from './est-client.ts'

export interface EnrolmentOptions {
  readonly settings: AgentSettings
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly onStatus: (status: EnrolmentStatus) => void
  /** Why the certificate in use could not be renewed; null when it was. */
  readonly onRenewal: (failure: RenewalFailure | null) => void
  /** Called with the first credential and with each renewed one, when it is durable. */
  readonly onCredential: (credential: Credential) => void
}

export type EnrolmentStatus =
  | { readonly state: 'enrolling' }
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
/** Somebody stands before the panel and the portal with the code. */
const pendingRetryMs = 10_000
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
      const privateKey = await deviceKey(settings)
      const stored = await loadCredential(options, privateKey)
      if (stored !== null) return take(stored, 0)
      options.onStatus({ state: 'enrolling' })
      takeNew(await obtain(options, { privateKey, renewing: null, signal: ending.signal }))
      logger.info({ device: settings.device.id }, 'enrolled')
    } catch (error) {
      if (ending.signal.aborted) return
      const waits = errorCode(error) === 'enrolment_pending'
      const delayMs = waits ? pendingRetryMs : needsPerson(error) ? refusedRetryMs : Math.max(1_000, backoff.nextMs())
      logger[waits ? 'info' : 'warn']({ reason: errorCode(error), error, retry_ms: delayMs }, 'the enrolment failed')
      options.onStatus({
        state: 'enrolment_failed',
        reason: errorCode(error),
        stranger: strangerOf(error),
        nextAttemptAtMs: clock.nowMs() + delayMs,
        code: waits ? await codeOf(settings) : null,
      })
      later(delayMs, enrol)
    }
  }

  const watch = async (): Promise<void> => {
    if (current === null) return
    const { notAfterMs, privateKey } = current
    const dueInMs = renewalDueInMs(current, clock.nowMs())
    if (clock.nowMs() >= notAfterMs) return enrol()
    if (dueInMs > 0) return later(Math.min(dueInMs, lookEveryMs), watch)
    try {
      takeNew(await obtain(options, { privateKey, renewing: current, signal: ending.signal }))
      logger.info({ until: new Date(current.notAfterMs).toISOString() }, 'the certificate was renewed')
    } catch (error) {
      if (ending.signal.aborted) return
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
async function codeOf(settings: AgentSettings): Promise<string> {
  const spki = createPublicKey(await deviceKey(settings)).export({ type: 'spki', format: 'der' })
  return enrolmentCode(createHash('sha256').update(spki).digest('hex'))
}

/** At two thirds of its lifetime. */
function renewalDueInMs({ notBeforeMs, notAfterMs }: Credential, nowMs: number): number {
  return notBeforeMs + ((notAfterMs - notBeforeMs) * 2) / 3 - nowMs
}

const needingPerson = new Set([
  'enrolment_refused',
  'enrolment_pending',
  'no_password',
  'bad_key',
  'foreign_certificate',
  'tls_inspected',
  'other_authority',
])

function needsPerson(error: unknown): boolean {
  return needingPerson.has(errorCode(error))
}

export const certificateFile = (stateDir: string): string => join(stateDir, 'device.crt')

async function loadCredential(options: EnrolmentOptions, privateKey: KeyObject): Promise<Credential | null> {
  const { settings, clock, logger } = options
  const pem = await readFileIfThere(certificateFile(settings.stateDir))
  if (pem === null) return null
  try {
    const certificates = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
      (one) => new X509Certificate(one),
    )
    return checkCredential({ privateKey, certificates, spiffeId: spiffeIdOf(settings), nowMs: clock.nowMs() })
  } catch (error) {
    logger.warn({ reason: errorCode(error), error }, 'the stored certificate is not usable; enrolling again')
    return null
  }
}

interface ObtainOptions {
  readonly privateKey: KeyObject
  readonly renewing: Credential | null
  readonly signal: AbortSignal
}

async function obtain(options: EnrolmentOptions, { privateKey, renewing, signal }: ObtainOptions): Promise<Credential> {
  const { settings, clock } = options
  const { gateway } = settings
  const certificates = await estEnrol({
    dial: () => dialGateway({ gateway, target: gateway.est, clock, signal, ...(renewing === null ? {} : { credential: renewing }) }),
    host: hostHeader(gateway.est),
    operation: renewing === null ? 'simpleenroll' : 'simplereenroll',
    request: certificateRequest({ privateKey, commonName: settings.device.id }),
    ...(renewing === null ? { basic: { user: settings.device.id, password: await password(settings) } } : {}),
  })
  const credential = checkCredential({ privateKey, certificates, spiffeId: spiffeIdOf(settings), nowMs: clock.nowMs() })
  await writeFileAtomic(certificateFile(settings.stateDir), credential.chainPem)
  return credential
}

async function password({ enrolment }: AgentSettings): Promise<string> {
  const noPassword = (why: string, cause?: unknown): AgentError =>
    new AgentError({ code: 'no_password', message: `There is no one-time password: ${why}.`, cause })
  if (enrolment === null) throw noPassword('set enrolment.password or enrolment.passwordFile')
  if ('password' in enrolment) return enrolment.password
  try {
    const text = (await readFile(enrolment.passwordFile, 'utf8')).trim()
    if (text !== '') return text
  } catch (error) {
    throw noPassword(`${enrolment.passwordFile} cannot be read`, error)
  }
  throw noPassword(`${enrolment.passwordFile} is empty`)
}

/** The device's name in certificates and approvals. */
export function spiffeIdOf(settings: AgentSettings): string {
  return `spiffe://${settings.gateway.trustDomain}/device/${settings.device.id}`
}
