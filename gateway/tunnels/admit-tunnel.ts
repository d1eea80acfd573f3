import type { TLSSocket } from 'node:tls'
import type { TunnelRefusal } from '../../agent/wire/agent-api.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { DeviceAdmission } from '../devices/device-admission.ts'
import { deviceIdentity } from '../pki/device-identity.ts'
import { verifiedCertificate } from '../pki/verified-certificate.ts'
import { admitDevice } from './admit-device.ts'
import type { AdmittedDevice } from './admit-device.ts'
import { checkProtocol } from './check-protocol.ts'
import type { TunnelProtocol } from './check-protocol.ts'

export type TunnelVerdict =
  | { readonly device: AdmittedDevice }
  | { readonly refusal: TunnelRefusal; readonly detail: string; readonly deviceId?: DeviceId }

/** Everything that stands between a handshake and a tunnel, in order. */
export async function admitTunnel(
  socket: TLSSocket,
  options: {
    readonly protocol: TunnelProtocol
    readonly trustDomain: string
    readonly admission: DeviceAdmission
    readonly nowMs: number
    /** Told before our records are asked, so that a revocation in the meantime is not missed. */
    onIdentity(deviceId: DeviceId): void
  },
): Promise<TunnelVerdict> {
  const wrongProtocol = checkProtocol(socket, options.protocol)
  if (wrongProtocol !== undefined) return wrongProtocol
  const verdict = verifiedCertificate(socket)
  if ('refusal' in verdict) return verdict
  const identity = deviceIdentity(verdict.certificate, options.trustDomain)
  if (identity === undefined)
    return { refusal: 'bad-certificate', detail: `no device of ours: ${verdict.certificate.subjectAltName ?? 'no names'}` }
  options.onIdentity(identity.deviceId)
  const admitted = await admitDevice(options.admission, identity, options.nowMs)
  return 'device' in admitted ? admitted : { ...admitted, deviceId: identity.deviceId }
}
