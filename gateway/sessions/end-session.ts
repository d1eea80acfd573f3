import type { SessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { gatewayActor, type NewEvent } from '../ledger/event.ts'
import type { LiveSession } from './live-session.ts'
import type { EndReason, Session } from './session.ts'
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

const storeAgainMs = 1_000

/**
 * Ends a session: what narrows access acts at once, so nothing opens any more and streams are cut before the ending is stored. Of several
 * endings the first wins; the others get the session as it ended. When the store fails this rejects, the session stays shut, and storing
 * is tried again.
 */
export async function endSession(room: SessionRoom, id: SessionId, options: EndSessionOptions): Promise<Session> {
  const live = room.get(id)
  if (live === undefined) return (await room.ports.store.find(wholeInstallation, id)) ?? room.demand(id).session
  const first = live.beginEnding(options, room.ports.clock.nowS())
  live.cutStreams(first.options.reason)
  try {
    return await storeEnding(room, live, first.options, first.atS)
  } catch (error) {
    room.ports.logger.error({ err: error, session: id, reason: first.options.reason }, 'the ending could not be stored yet')
    void tellAgent(room, live.session, first.options)
    const again = (): void => void endSession(room, id, first.options).catch(() => undefined)
    live.setTimer('end again', room.ports.clock.after(storeAgainMs, again))
    throw error
  }
}

async function storeEnding(room: SessionRoom, live: LiveSession, options: EndSessionOptions, atS: number): Promise<Session> {
  const { reason, actor = gatewayActor, by = null, codes = [] } = options
  let first = false
  const ended = await room.change(live.session.id, (session) => {
    if (session.state === 'ended') return undefined
    first = true
    return end(session, { reason, atS, actor, by, codes })
  })
  live.retire()
  if (first) void tellAgent(room, ended, options)
  return ended
}

async function tellAgent(room: SessionRoom, session: Session, options: EndSessionOptions): Promise<void> {
  if (options.tellAgent === false) return
  try {
    await room.ports.links.get(session.deviceId)?.endSession(session.id, options.reason, options.by ?? null)
  } catch (error) {
    // The next snapshot after a connect settles it.
    room.ports.logger.warn({ err: error, session: session.id }, 'the agent did not confirm the ending')
  }
}
