import { gatewayActor, type NewEvent } from '../ledger/event.ts'
import type { EndReason, Session } from './session.ts'
import type { SessionId } from '../basics/ids.ts'
import type { SessionRoom } from './session-room.ts'
import { end } from './transitions.ts'

export interface EndSessionOptions {
  readonly reason: EndReason
  readonly actor?: NewEvent['actor']
  /** Name of the person who ended it. */
  readonly by?: string | null
  readonly codes?: readonly string[]
  /** False when the agent itself reported the ending. */
  readonly tellAgent?: boolean
}

/**
 * Ends a session: what narrows access acts at once, so streams are cut before the ending is stored. Of several endings the first wins;
 * the others get the session as it ended.
 */
export async function endSession(room: SessionRoom, id: SessionId, options: EndSessionOptions): Promise<Session> {
  const { store, clock, logger } = room.ports
  const live = room.get(id)
  live?.cutStreams(options.reason)
  if (live !== undefined) {
    try {
      const ended = await room.change(id, (session) =>
        session.state === 'ended'
          ? undefined
          : end(session, {
              reason: options.reason,
              atS: clock.nowS(),
              actor: options.actor ?? gatewayActor,
              by: options.by ?? null,
              codes: options.codes ?? [],
            }),
      )
      live.cancelTimers()
      live.cutStreams(options.reason)
      if (options.tellAgent !== false) void tellAgent(room, ended, options)
      return ended
    } catch (error) {
      // A store that fails must not leave a session open: the streams are cut, the agent is told, and nothing new opens.
      logger.error({ err: error, session: id, reason: options.reason }, 'the ending could not be stored')
      void tellAgent(room, live.session, options)
      throw error
    }
  }
  const stored = await store.find({ kind: 'installation' }, id)
  if (stored === undefined) return room.demand(id).session
  return stored
}

async function tellAgent(room: SessionRoom, session: Session, options: EndSessionOptions): Promise<void> {
  const link = room.ports.links.get(session.deviceId)
  if (link === undefined) return
  try {
    await link.endSession(session.id, options.reason, options.by ?? null)
  } catch (error) {
    // The next snapshot after a connect settles it.
    room.ports.logger.warn({ err: error, session: session.id }, 'the agent did not confirm the ending')
  }
}
