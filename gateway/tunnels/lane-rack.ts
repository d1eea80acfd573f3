import type { Lane } from '../../agent/wire/lane.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { AdmittedDevice } from './admit-device.ts'

export interface WaitingLane {
  readonly id: string
  readonly lane: Lane
}

/** The lanes of one tunnel: those that wait for a stream, and those that carry one. None outlives its tunnel. */
export interface LaneRack {
  /** False: there are enough. */
  add(waiting: WaitingLane): boolean
  take(): WaitingLane | undefined
  /** The agent did not want it for its stream. */
  giveBack(waiting: WaitingLane): void
  close(): void
}

/** The racks of all live tunnels. */
export interface LaneRacks {
  open(device: Pick<AdmittedDevice, 'deviceId' | 'fingerprint'>): LaneRack
  /** Of the live tunnel that this very certificate opened. */
  find(device: Pick<AdmittedDevice, 'deviceId' | 'fingerprint'>): LaneRack | undefined
}

export interface LaneLimits {
  readonly maxWaitingLanes: number
  readonly maxLanes: number
}

export function createLaneRacks(limits: LaneLimits): LaneRacks {
  const racks = new Map<DeviceId, { readonly fingerprint: string; readonly rack: LaneRack }>()
  return {
    open({ deviceId, fingerprint }) {
      const rack = createLaneRack(limits, () => {
        if (racks.get(deviceId)?.rack === rack) racks.delete(deviceId)
      })
      racks.set(deviceId, { fingerprint, rack })
      return rack
    },
    find({ deviceId, fingerprint }) {
      const found = racks.get(deviceId)
      return found?.fingerprint === fingerprint ? found.rack : undefined
    },
  }
}

function createLaneRack(limits: LaneLimits, onClosed: () => void): LaneRack {
  const waiting = new Map<string, Lane>()
  const all = new Set<Lane>()
  let closed = false
  return {
    add({ id, lane }) {
      if (closed || lane.socket.destroyed || waiting.has(id) || waiting.size >= limits.maxWaitingLanes || all.size >= limits.maxLanes)
        return false
      waiting.set(id, lane)
      all.add(lane)
      lane.socket.once('close', () => {
        all.delete(lane)
        if (waiting.get(id) === lane) waiting.delete(id)
      })
      return true
    },
    take() {
      for (const [id, lane] of waiting) {
        waiting.delete(id)
        lane.take()
        if (!lane.socket.destroyed) return { id, lane }
      }
      return undefined
    },
    giveBack({ id, lane }) {
      lane.giveBack()
      if (closed || waiting.has(id)) lane.socket.destroy()
      else if (!lane.socket.destroyed) waiting.set(id, lane)
    },
    close() {
      closed = true
      for (const { socket } of all) socket.destroy()
      onClosed()
    },
  }
}
