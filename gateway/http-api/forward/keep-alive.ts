import type { WebSocket } from 'ws'
import type { Clock } from '../../basics/clock.ts'

const lookEveryMs = 15_000
/** More than the minute that a tool may read nothing: its command line answers no ping meanwhile. */
const mostSilentLooks = 5

/** A peer that is silently gone would hold its stream until the session ends. Gives back how to stop. */
export function keepAlive(websocket: WebSocket, clock: Clock, onLook: () => void): () => void {
  let silentLooks = 0
  const heard = (): void => void (silentLooks = 0)
  let timer = clock.after(lookEveryMs, look)
  function look(): void {
    // Paused by us, it has no chance to be heard; who does not read there has a deadline of his own.
    silentLooks = websocket.isPaused ? 0 : silentLooks + 1
    if (silentLooks > mostSilentLooks) return websocket.terminate()
    websocket.ping()
    timer = clock.after(lookEveryMs, look)
    onLook()
  }
  websocket.on('pong', heard)
  websocket.on('message', heard)
  return () => timer.cancel()
}
