import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock, Timer } from '../../basics/clock.ts'
import type { CutReason, LiveExchange } from '../live-exchange.ts'
import { beatMs, type BarView } from './bar-view.ts'

export interface StateStreamOptions {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly headers: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly view: () => Promise<BarView | undefined>
  /** Calls when the view may have changed. */
  readonly follow: (onChange: () => void) => () => void
  readonly settle: () => void
}

/** A bar that takes nothing is cut off past so many bytes. */
const mostWaitingBytes = 256 * 1024

/** Server-sent events of one bar (bar-view.ts). It sends a view when it differs from the last one, and of several changes at once the newest. */
export function stateStream({ req, res, headers, clock, view, follow, settle }: StateStreamOptions): LiveExchange {
  let sent = ''
  let over = false
  let reading = false
  let again = false
  let timer: Timer | undefined

  const say = (event: string, data: unknown): void => {
    if (res.writableLength > mostWaitingBytes) res.destroy()
    else if (!over) res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  const finish = (): void => {
    if (over) return
    over = true
    timer?.cancel()
    unfollow()
    settle()
  }
  const look = async (): Promise<void> => {
    if (reading) return void (again = true)
    reading = true
    try {
      do {
        again = false
        const next = await view()
        if (over || next === undefined) return void res.destroy()
        const { now_ms: _, ...rest } = next
        const text = JSON.stringify(rest)
        if (text !== sent) say('state', next)
        sent = text
      } while (again)
    } catch {
      // The bar comes back by itself and asks anew.
      res.destroy()
    } finally {
      reading = false
    }
  }
  const beat = (): void => {
    say('beat', {})
    timer = clock.after(beatMs, beat)
  }

  res.once('close', finish)
  req.on('error', () => {})
  res.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
  req.socket.setNoDelay(true)
  res.write(': connected\n\n')
  const unfollow = follow(() => void look())
  timer = clock.after(beatMs, beat)
  void look()

  return {
    cut({ code }: CutReason) {
      if (code === 'over') say('signed_out', {})
      res.end()
      finish()
    },
    stalledSinceMs: () => null,
    unansweredSinceMs: () => null,
  }
}
