import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { isCodedError } from '../basics/coded-error.ts'
import { isDeviceId } from '../basics/ids.ts'
import type { DeviceAdmission } from '../devices/device-admission.ts'
import { addressBlock } from '../basics/address-block.ts'
import { createAttemptLimiter } from './attempt-limiter.ts'
import { certsOnly } from './certs-only.ts'
import { checkCsr } from './check-csr.ts'
import type { CheckedCsr } from './check-csr.ts'
import { deviceIdentity, endedIdentity } from './device-identity.ts'
import { endedCertificate } from './ended-certificate.ts'
import type { EndedCertificate } from './ended-certificate.ts'
import { enrolDevice } from './enrol-device.ts'
import type { EnrolmentRoom, ProvenEnrolment } from './enrol-device.ts'
import { enrolmentPasswordMatches } from './enrolment-password.ts'
import { EnrolmentRefusal } from './enrolment-refusal.ts'
import { readBasicCredentials, readEstRequest } from './read-est-request.ts'
import { mayRenew, renewCertificate } from './renew-certificate.ts'
import { mayRenewLate, renewLate } from './renew-late.ts'
import type { LateRenewals } from './renew-late.ts'
import { verifiedCertificate } from './verified-certificate.ts'

export interface EstRoutesOptions extends EnrolmentRoom {
  readonly admission: DeviceAdmission
}

/** What EST answers: a certs-only CMS. @throws EnrolmentRefusal */
export type EstRoute = (request: IncomingMessage, socket: TLSSocket) => Promise<Buffer>

const windowMs = 10 * 60_000
const maxWrongPerAddress = 20
const maxWrongPerDevice = 10
/** A machine renews once in weeks; a key in wrong hands must not fill our records. */
const maxRenewals = 5
/** Who waits for a person asks every ten seconds. */
const maxLateAsks = 90

/** The three operations of EST (RFC 7030) that we have, by their path. */
export function estRoutes(options: EstRoutesOptions): ReadonlyMap<string, { readonly method: string; readonly run: EstRoute }> {
  const { authority, store, admission, clock, onAlarm } = options
  const limiter = (maxFailures: number) => createAttemptLimiter({ clock, maxFailures, windowMs, maxKeys: 50_000 })
  const wrongByAddress = limiter(maxWrongPerAddress)
  const wrongByDevice = limiter(maxWrongPerDevice)
  const renewals = limiter(maxRenewals)
  const lateAsks = limiter(maxLateAsks)

  /** An address that guesses is stopped; a device is not, since 128 random bits cannot be guessed and anybody could stop it: it alarms. */
  async function proveEnrolment(request: IncomingMessage, remoteAddress: string): Promise<ProvenEnrolment> {
    const block = addressBlock(remoteAddress)
    if (wrongByAddress.isBlocked(block)) throw new EnrolmentRefusal(429, 'Too many wrong passwords from this address. Wait ten minutes.')
    const credentials = readBasicCredentials(request)
    if (credentials === undefined)
      throw new EnrolmentRefusal(401, 'Send the device id and its one-time password as HTTP Basic credentials.')
    const deviceId = isDeviceId(credentials.name) ? credentials.name : undefined
    const record = deviceId === undefined ? undefined : await store.find(deviceId)
    if (enrolmentPasswordMatches(credentials.password, record?.passwordHash)) return record as ProvenEnrolment
    wrongByAddress.fail(block)
    if (deviceId !== undefined && record !== undefined && wrongByDevice.fail(deviceId))
      onAlarm({ kind: 'guessing', deviceId, remoteAddress })
    throw new EnrolmentRefusal(401, 'The device id or the one-time password is wrong.')
  }

  async function enrol(request: IncomingMessage, socket: TLSSocket): Promise<Buffer> {
    const remoteAddress = socket.remoteAddress ?? 'unknown'
    await proveEnrolment(request, remoteAddress)
    const csr = checked(await readEstRequest(request))
    // Asked again: an administrator may have given another password while the body came.
    return wrap(await enrolDevice(options, await proveEnrolment(request, remoteAddress), csr, remoteAddress))
  }

  async function renew(request: IncomingMessage, socket: TLSSocket): Promise<Buffer> {
    const ended = options.late ? endedCertificate(socket, authority, clock.nowMs()) : undefined
    if (options.late && ended !== undefined) return renewAfterEnd(request, socket, options.late, ended)
    const verdict = verifiedCertificate(socket)
    if ('refusal' in verdict)
      throw new EnrolmentRefusal(403, `Renewal needs the device's own valid certificate: ${verdict.refusal} (${verdict.detail}).`)
    const identity = deviceIdentity(verdict.certificate, authority.trustDomain)
    if (identity === undefined) throw new EnrolmentRefusal(403, 'The certificate is not one of a device of this gateway.')
    const device = await mayRenew(admission, identity, clock.nowMs())
    if (renewals.isBlocked(device.deviceId)) throw new EnrolmentRefusal(429, 'Too many renewals. Wait ten minutes.')
    // Counted before the body comes: requests that wait for theirs side by side would all find room.
    renewals.fail(device.deviceId)
    const csr = checked(await readEstRequest(request))
    return wrap(await renewCertificate(options, device, csr))
  }

  async function renewAfterEnd(
    request: IncomingMessage,
    socket: TLSSocket,
    late: LateRenewals,
    certificate: EndedCertificate,
  ): Promise<Buffer> {
    const identity = endedIdentity(certificate, authority.trustDomain)
    if (identity === undefined) throw new EnrolmentRefusal(403, 'The certificate is not one of a device of this gateway.')
    await mayRenewLate(admission, identity)
    // By address too: whoever has a copy of the key must not use up what the machine itself may ask.
    const asker = `${identity.deviceId} ${addressBlock(socket.remoteAddress)}`
    if (lateAsks.isBlocked(asker)) throw new EnrolmentRefusal(429, 'Too many renewals. Wait ten minutes.')
    lateAsks.fail(asker)
    const csr = checked(await readEstRequest(request))
    // Asked again: an administrator may have revoked it while the body came.
    const device = await mayRenewLate(admission, identity)
    return wrap(await renewLate(options, late, device, csr, socket.remoteAddress ?? 'unknown'))
  }

  return new Map([
    ['/.well-known/est/cacerts', { method: 'GET', run: () => Promise.resolve(certsOnly(authority.bundleDer)) }],
    ['/.well-known/est/simpleenroll', { method: 'POST', run: enrol }],
    ['/.well-known/est/simplereenroll', { method: 'POST', run: renew }],
  ])
}

const wrap = (certificate: X509Certificate): Buffer => certsOnly([certificate.raw])

function checked(der: Buffer): CheckedCsr {
  try {
    return checkCsr(der)
  } catch (error) {
    if (isCodedError(error, 'csr_invalid')) throw new EnrolmentRefusal(400, error.message)
    throw error
  }
}
