import type { TLSSocket } from 'node:tls'
import { laneAlpn, laneIdPattern } from '../../agent/wire/agent-api.ts'
import { createLane } from '../../agent/wire/lane.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { DeviceAdmission } from '../devices/device-admission.ts'
import { admitTunnel } from './admit-tunnel.ts'
import type { LaneRacks } from './lane-rack.ts'
import type { ReconnectPace } from './reconnect-pace.ts'

export interface AdmitLane {
  readonly socket: TLSSocket
  readonly trustDomain: string
  readonly admission: DeviceAdmission
  readonly racks: LaneRacks
  readonly pace: ReconnectPace
  readonly clock: Clock
  readonly logger: Logger
  readonly timeoutMs: number
}

/**
 * A lane goes through the same checks as a tunnel, and then to the live tunnel of the same certificate, or nowhere: alone it opens nothing. Whoever is
 * refused is cut without a word: a device does without lanes. Never rejects.
 */
export async function admitLane(options: AdmitLane): Promise<void> {
  const { socket, racks, pace, clock, logger } = options
  const refuse = (detail: string): void => {
    logger.debug({ detail, remoteAddress: socket.remoteAddress }, 'a lane was refused')
    socket.destroy()
  }
  try {
    const verdict = await admitTunnel(socket, { ...options, protocol: laneAlpn, nowMs: clock.nowMs(), onIdentity: () => {} })
    if (!('device' in verdict)) return refuse(verdict.detail)
    if (!pace.take(verdict.device.deviceId)) return refuse('it opens lanes too often')
    const id = await readLaneId(socket, clock, options.timeoutMs)
    if (id === undefined) return refuse('it did not say an id')
    // Found last: the tunnel may have ended while we waited.
    const rack = racks.find(verdict.device)
    if (rack === undefined) return refuse('there is no tunnel of this certificate')
    if (!rack.add({ id, lane: createLane(socket, clock) })) refuse('there are enough')
  } catch (error) {
    logger.error({ err: error }, 'a lane could not be admitted')
    socket.destroy()
  }
}

const idBytes = 32

/** The id and its LF, exactly: nothing else may come before the gateway has named the lane. */
function readLaneId(socket: TLSSocket, clock: Clock, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const settle = (id: string | undefined): void => {
      timer.cancel()
      socket.off('readable', look).off('close', closed)
      resolve(id)
    }
    const closed = (): void => settle(undefined)
    const look = (): void => {
      if (socket.readableLength < idBytes + 1) return void socket.read(0)
      const said = String(socket.read() as Buffer)
      settle(said.endsWith('\n') && laneIdPattern.test(said.slice(0, -1)) ? said.slice(0, -1) : undefined)
    }
    const timer = clock.after(timeoutMs, closed)
    socket.on('readable', look).once('close', closed)
    look()
  })
}
