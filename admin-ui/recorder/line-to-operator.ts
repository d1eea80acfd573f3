import { mostBatchBytes, tooLargeTag, type MirrorOrder, type RecordedBatch } from '../../agent/wire/mirror.ts'
import { natives } from './natives.ts'

/** The way of a page's events to the gateway (agent/wire/mirror.ts). It never throws. */
export interface LineToOperator {
  add(event: object): void
  /** The page is being left, or came back from the browser's memory. */
  leave(): void
  comeBack(): void
  /** Nobody wants its events: for good. */
  end(): void
}

export interface LineOptions {
  readonly url: string
  /** The page as it is now, for the first batch of a connection. */
  readonly page: () => NonNullable<RecordedBatch['page']>
  readonly onOrder: (order: MirrorOrder['order']) => void
  /** What was recorded before does not reach anybody: a full picture is needed. */
  readonly onFresh: () => void
}

const flushMs = 25
/** Waiting for a connection, or for a slow one. */
const mostWaiting = 5_000
const mostUnsentBytes = 4 * 1024 * 1024
const firstRetryMs = 1_000
/** Where policy demands a recorder, the session ends without one (gateway/proxy/mirror/recorder-duty.ts). */
const lastRetryMs = 8_000
const batchRoom = 64 * 1024
/** The gateway's word that nobody wants this page. */
const unwanted = 4_001

export function openLine({ url, page, onOrder, onFresh }: LineOptions): LineToOperator {
  let socket: WebSocket | undefined
  let waiting: object[] = []
  let isFirst = true
  let isLost = false
  let isOver = false
  let isAway = false
  let isArmed = false
  let retryMs = firstRetryMs

  const isOpen = (): boolean => socket?.readyState === 1
  const connect = (): void => {
    try {
      const opened = natives.openSocket(url)
      socket = opened
      natives.listen(opened, 'open', () => {
        isFirst = true
        retryMs = firstRetryMs
        // That a recorder runs is told at once, what it sees when there is something to see.
        say({ page: page(), events: [] })
        if (isLost) refresh()
        arm()
      })
      natives.listen(opened, 'message', ({ data }: MessageEvent) => take(data))
      natives.listen(opened, 'close', ({ code }: CloseEvent) => {
        if (socket === opened) lost(code)
      })
    } catch {
      lost(0)
    }
  }
  const say = (batch: RecordedBatch): void => {
    try {
      if (socket !== undefined) natives.send(socket, natives.stringify(batch))
    } catch {
      isLost = true
    }
  }
  const refresh = (): void => {
    waiting = []
    isLost = false
    onFresh()
  }
  const take = (data: unknown): void => {
    try {
      const order = typeof data === 'string' ? (natives.parse(data) as Partial<MirrorOrder>).order : undefined
      if (order === 'snapshot' || order === 'stop') onOrder(order)
    } catch {
      // Not ours to mend.
    }
  }
  const lost = (code: number): void => {
    socket = undefined
    isLost = true
    waiting = []
    if (code === unwanted) isOver = true
    if (isOver || isAway) return
    natives.later(() => {
      if (socket === undefined && !isOver && !isAway) connect()
    }, retryMs)
    retryMs = Math.min(lastRetryMs, retryMs * 2)
  }
  const arm = (): void => {
    if (isArmed) return
    isArmed = true
    natives.later(() => {
      isArmed = false
      flush()
    }, flushMs)
  }
  const flush = (): void => {
    if (!isOpen() || socket === undefined) return
    if (socket.bufferedAmount > mostUnsentBytes) return arm()
    if (isLost) return refresh()
    const events = waiting
    waiting = []
    try {
      for (const batch of batches(events, isFirst ? page() : undefined)) natives.send(socket, batch)
      if (events.length > 0) isFirst = false
    } catch {
      isLost = true
    }
  }

  connect()
  return {
    add(event) {
      if (isOver || isAway || (isLost && !isOpen())) return
      if (waiting.length >= mostWaiting) {
        waiting = []
        isLost = true
      }
      waiting.push(event)
      arm()
    },
    leave() {
      flush()
      isAway = true
      // An open socket would keep the page out of the browser's memory for the way back.
      if (socket !== undefined) natives.close(socket, 1000)
    },
    comeBack() {
      if (!isAway || isOver) return
      isAway = false
      isLost = true
      connect()
    },
    end() {
      isOver = true
      waiting = []
    },
  }
}

/** As few messages as hold them. An event that is too large for one is named in its place. */
function batches(events: readonly object[], page: object | undefined): string[] {
  const most = mostBatchBytes - batchRoom
  const made: string[] = []
  let parts: string[] = []
  let bytes = 0
  const close = (): void => {
    if (parts.length === 0) return
    const head = page !== undefined && made.length === 0 ? `"page":${natives.stringify(page)},` : ''
    made.push(`{${head}"events":[${parts.join(',')}]}`)
    parts = []
    bytes = 0
  }
  for (const event of events) {
    let text = natives.stringify(event)
    let size = text.length * 3 < most ? text.length * 3 : natives.bytesOf(text)
    if (size > most) {
      const { timestamp } = event as { timestamp?: number }
      text = natives.stringify({ type: 5, timestamp, data: { tag: tooLargeTag, payload: { bytes: size } } })
      size = text.length
    }
    if (bytes + size > most) close()
    parts.push(text)
    bytes += size + 1
  }
  close()
  return made
}
