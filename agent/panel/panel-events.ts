import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../basics/clock.ts'
import { heartbeatMs } from './panel-api.ts'
import type { PanelState } from './panel-api.ts'

export interface PanelEvents {
  open(response: ServerResponse): void
  readonly connected: boolean
  /** On the monotonic clock: since when no browser shows the panel; null while one does, or where none ever did. */
  readonly goneSinceMs: number | null
  /** Something changed that people must see at once. */
  changed(): void
  /** Figures moved: shown at most once a second. */
  moved(): void
  close(): void
}

export interface PanelEventsOptions {
  readonly clock: Clock
  readonly state: () => PanelState
  /** The first panel came, or the last one has been away for {@link awayMs}: a page that is loaded again is no loss. */
  readonly onConnected: (connected: boolean) => void
}

const awayMs = 5_000
const maxReaders = 16

/** The panel's event stream: whole states, so that a reader who missed some has missed nothing. */
export function createPanelEvents({ clock, state, onConnected }: PanelEventsOptions): PanelEvents {
  const readers = new Set<ServerResponse>()
  let told = false
  let goneSinceMs: number | null = null
  let away: Timer | undefined
  let figures: Timer | undefined
  let heartbeat: Timer | undefined
  let planned = false
  let closed = false

  const line = (): string => `event: state\ndata: ${JSON.stringify(state())}\n\n`
  const send = (): void => {
    if (readers.size === 0) return
    const text = line()
    // Who is behind gets the next one; all of it is in there.
    for (const reader of readers) if (!reader.writableNeedDrain) reader.write(text)
  }
  const beat = (): void => {
    send()
    heartbeat = readers.size > 0 ? clock.after(heartbeatMs, beat) : undefined
  }
  const left = (reader: ServerResponse): void => {
    readers.delete(reader)
    if (readers.size > 0 || closed) return
    goneSinceMs = clock.monotonicMs()
    away?.cancel()
    away = clock.after(awayMs, () => {
      if (readers.size > 0 || !told) return
      told = false
      onConnected(false)
    })
  }
  return {
    get goneSinceMs() {
      return goneSinceMs
    },
    get connected() {
      return told
    },
    open: (response) => {
      if (readers.size >= maxReaders) readers.values().next().value?.destroy()
      readers.add(response)
      goneSinceMs = null
      away?.cancel()
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      response.on('close', () => left(response))
      response.write(line())
      heartbeat ??= clock.after(heartbeatMs, beat)
      if (told) return
      told = true
      onConnected(true)
    },
    changed: () => {
      if (planned || closed) return
      planned = true
      setImmediate(() => {
        planned = false
        // The state that it would tell may be closed by now.
        if (!closed) send()
      })
    },
    moved: () => {
      if (figures !== undefined || readers.size === 0 || closed) return
      figures = clock.after(1_000, () => {
        figures = undefined
        send()
      })
    },
    close: () => {
      closed = true
      for (const timer of [away, figures, heartbeat]) timer?.cancel()
      for (const reader of readers) reader.destroy()
    },
  }
}
