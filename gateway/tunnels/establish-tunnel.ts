import type { TLSSocket } from 'node:tls'
import { tunnelAlpn } from '../../agent/wire/agent-api.ts'
import type { TunnelRefusal } from '../../agent/wire/agent-api.ts'
import { createOverheadBudget } from '../../agent/wire/overhead-budget.ts'
import type { Clock } from '../basics/clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { Logger } from '../basics/logger.ts'
import type { DeviceAdmission } from '../devices/device-admission.ts'
import type { AdmittedDevice } from './admit-device.ts'
import { createCancelBudget } from './cancel-budget.ts'
import { admitTunnel } from './admit-tunnel.ts'
import { http2DeviceLink } from './http2-device-link.ts'
import type { LaneRacks } from './lane-rack.ts'
import type { LinkRegistry } from './link-registry.ts'
import { openHttp2 } from './open-http2.ts'
import type { ReconnectPace } from './reconnect-pace.ts'
import type { OverheadSweep } from './sweep-overhead.ts'
import { refuseTunnel } from './refuse-tunnel.ts'
import type { TunnelLimits } from './tunnel-limits.ts'
import { tunnelSession } from './tunnel-session.ts'
import { watchLiveness } from './watch-liveness.ts'

/** A connection on its way to a tunnel. Whoever sets `refusal` stops it at the next step. */
export interface PendingTunnel {
  deviceId: DeviceId | undefined
  refusal: TunnelRefusal | undefined
}

export interface EstablishTunnel {
  readonly socket: TLSSocket
  readonly trustDomain: string
  readonly admission: DeviceAdmission
  readonly links: LinkRegistry
  readonly racks: LaneRacks
  readonly reconnects: ReconnectPace
  readonly overheads: OverheadSweep
  readonly pending: Set<PendingTunnel>
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: TunnelLimits
  onFirstTunnel(deviceId: DeviceId, fingerprint: string, atMs: number): Promise<void>
}

/** From a finished handshake to a live link, or to a refusal that the device can read. Never rejects. */
export async function establishTunnel(options: EstablishTunnel): Promise<void> {
  const { socket, pending, logger } = options
  const tunnel: PendingTunnel = { deviceId: undefined, refusal: undefined }
  pending.add(tunnel)
  try {
    const device = await admit(options, tunnel)
    if (device !== undefined) await goLive(options, device, tunnel)
  } catch (error) {
    logger.error({ err: error, deviceId: tunnel.deviceId }, 'a tunnel could not be established')
    // HTTP/2 owns the socket now: a byte that anybody else writes to it ends the whole process (an assertion in Node's TLSWrap).
    socket.destroy()
  } finally {
    pending.delete(tunnel)
  }
}

/** The device that may come in; whoever may not was told why. */
async function admit(options: EstablishTunnel, tunnel: PendingTunnel): Promise<AdmittedDevice | undefined> {
  const { socket, clock, logger, reconnects } = options
  const refuse = (refusal: TunnelRefusal, detail: string): undefined => {
    logger.warn({ refusal, detail, deviceId: tunnel.deviceId, remoteAddress: socket.remoteAddress }, 'a tunnel was refused')
    if (!socket.destroyed) refuseTunnel(socket, refusal)
  }
  try {
    const onIdentity = (deviceId: DeviceId): void => void (tunnel.deviceId = deviceId)
    const verdict = await admitTunnel(socket, { ...options, protocol: tunnelAlpn, nowMs: clock.nowMs(), onIdentity })
    if (tunnel.refusal !== undefined) return refuse(tunnel.refusal, 'decided while it was admitted')
    if (!('device' in verdict)) return refuse(verdict.refusal, verdict.detail)
    return reconnects.take(verdict.device.deviceId) ? verdict.device : refuse('too-many-connections', 'it connects too often')
  } catch (error) {
    logger.error({ err: error, deviceId: tunnel.deviceId }, 'our records could not be asked about a device')
    // Our own fault, not the device's: it tries again later.
    return refuse('shutdown', 'no answer of our records')
  }
}

async function goLive(options: EstablishTunnel, device: AdmittedDevice, tunnel: PendingTunnel): Promise<void> {
  const { socket, links, racks, overheads, clock, logger, limits, onFirstTunnel } = options
  const http2 = await openHttp2(socket, limits.handshakeTimeoutMs)
  const overhead = createOverheadBudget(socket, clock)
  const session = tunnelSession({ session: http2, socket, cancels: createCancelBudget(clock, limits), overhead })
  const stopSweeping = overheads.watch(overhead, () => session.abandon('flood'))
  void session.ended.then(stopSweeping)
  try {
    await onFirstTunnel(device.deviceId, device.fingerprint, clock.nowMs())
  } catch (error) {
    logger.error({ err: error, deviceId: device.deviceId }, 'the first tunnel of a certificate could not be recorded')
    return session.close('shutdown')
  }
  // A revocation or a shutdown may have come while we waited.
  if (tunnel.refusal !== undefined) return session.close(tunnel.refusal)
  if (session.isEnded) return
  const stopWatching = watchLiveness({
    session: http2,
    bytesRead: () => socket.bytesRead,
    clock,
    pingIntervalMs: limits.pingIntervalMs,
    deadAfterMs: limits.deadAfterMs,
    onDead: () => session.abandon('dead'),
  })
  const expiry = clock.after(device.notAfter - clock.nowMs(), () => session.close('expired'))
  const { deviceId } = device
  const lanes = racks.open(device)
  void session.ended.then((reason) => {
    lanes.close()
    stopWatching()
    expiry.cancel()
    logger.info({ deviceId, reason }, 'a tunnel ended')
  })
  logger.info({ deviceId, remoteAddress: socket.remoteAddress }, 'a tunnel is up')
  links.add(http2DeviceLink({ device, socket, session, lanes, clock, limits }))
}
