import type { SessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'

/** What the pages of a session's origin say about it. */
export interface SessionSummary {
  readonly sessionId: SessionId
  readonly state: Session['state']
  readonly endedReason: string | null
  readonly endedBy: string | null
  readonly deviceName: string
  readonly technicianName: string
  /** Unix seconds; null before the approval. */
  readonly expiresAt: number | null
}

export async function sessionSummary(room: SessionRoom, id: SessionId): Promise<SessionSummary | undefined> {
  const session = room.get(id)?.session ?? (await room.ports.store.find(wholeInstallation, id))
  if (session === undefined) return undefined
  const device = await room.ports.devices.find(wholeInstallation, session.deviceId)
  return {
    sessionId: id,
    state: session.state,
    endedReason: session.endReason,
    endedBy: session.endedBy,
    deviceName: device?.name ?? session.deviceId,
    technicianName: session.request.technician.name,
    expiresAt: session.expiresAt,
  }
}
