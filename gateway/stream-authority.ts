import type { StreamAuthority } from './proxy/ports.ts'
import type { RequestPaces } from './basics/request-paces.ts'
import { authorizeStream, isRefused } from './sessions/authorize-stream.ts'
import type { SessionRoom } from './sessions/session-room.ts'
import { sessionSummary } from './sessions/session-summary.ts'

/** What the proxy asks about streams, answered by sessions. */
export const streamAuthority = (room: SessionRoom, paces: Pick<RequestPaces, 'machines'>): StreamAuthority => ({
  authorize: async (sessionId, service) => {
    const stream = await authorizeStream(room, sessionId, service)
    if (isRefused(stream)) return stream
    const pace = paces.machines(stream.personId)
    // What passed is counted by the ledger once there is one; until then the proxy's own log has it.
    return { ...stream, countRequest: () => pace.take(), record: () => {} }
  },
  sessionSummary: (sessionId) => sessionSummary(room, sessionId),
})
