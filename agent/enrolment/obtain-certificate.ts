import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import { dialGateway } from '../link/dial-gateway.ts'
import { tryInTurn } from '../link/try-in-turn.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { hostHeader } from '../settings/host-port.ts'
import { writeFileAtomic } from '../state/atomic-file.ts'
import { certificateRequest } from './certificate-request.ts'
import { checkCredential } from './credential.ts'
import type { Credential } from './credential.ts'
import { estEnrol } from './est-client.ts'
import { certificateFile, spiffeIdOf } from './stored-credential.ts'

export interface ObtainOptions {
  readonly settings: AgentSettings
  readonly clock: Clock
  readonly privateKey: KeyObject
  /** The certificate that is shown; null: the one-time password is. */
  readonly renewing: Credential | null
  readonly signal: AbortSignal
}

const decisions = new Set(['enrolment_refused', 'enrolment_pending'])

/**
 * A certificate from the gateway for this key; durable when it resolves.
 *
 * @throws AgentError `no_password`, `clock_ahead`, what `estEnrol` and `dialGateway` throw
 */
export async function obtainCertificate(options: ObtainOptions): Promise<Credential> {
  const { settings, clock, privateKey, renewing, signal } = options
  const { gateway } = settings
  const shown = renewing === null ? {} : { credential: renewing }
  const asked = {
    operation: renewing === null ? ('simpleenroll' as const) : ('simplereenroll' as const),
    request: certificateRequest({ privateKey, commonName: settings.device.id }),
    ...(renewing === null ? { basic: { user: settings.device.id, password: await oneTimePassword(settings) } } : {}),
  }
  const { value: certificates } = await tryInTurn({
    addresses: gateway.est,
    from: 0,
    signal,
    isAnswer: (error) => decisions.has(errorCode(error)),
    // The same password with the same key gets the same certificate, so an answer that was lost at one address comes from the next.
    attempt: (target, onReached) =>
      estEnrol({ ...asked, dial: () => dialGateway({ gateway, target, clock, signal, onReached, ...shown }), host: hostHeader(target) }),
  })
  const credential = checkNew(options, certificates)
  await writeFileAtomic(certificateFile(settings.stateDir), credential.chainPem)
  return credential
}

function checkNew(
  { settings, clock, privateKey }: ObtainOptions,
  certificates: Parameters<typeof checkCredential>[0]['certificates'],
): Credential {
  try {
    return checkCredential({ privateKey, certificates, spiffeId: spiffeIdOf(settings), nowMs: clock.nowMs() })
  } catch (error) {
    if (errorCode(error) !== 'certificate_expired') throw error
    throw new AgentError({
      code: 'clock_ahead',
      message: `The certificate that the gateway gave just now is over by the clock of this machine (${new Date(clock.nowMs()).toISOString()}): the clock is ahead. Set it right.`,
      cause: error,
    })
  }
}

/** @throws AgentError `no_password` */
export async function oneTimePassword({ enrolment }: AgentSettings): Promise<string> {
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
