import type { IncomingMessage } from 'node:http'
import { receivedBytes } from '../../agent/wire/received-bytes.ts'
import type { Clock } from '../basics/clock.ts'

/** The browser's upload, pulled chunk by chunk by whoever sends it on: nothing is read that was not asked for. */
export interface RequestBody extends AsyncIterable<Buffer> {
  readonly bytes: number
  /** Since when the browser owes a chunk, or the machine does not ask for the next one; null when it is complete. */
  stalledSinceMs(): number | null
  /** Monotonic milliseconds at which its last chunk was taken; null before. */
  completeAtMs(): number | null
  /** Nobody pulls any more. */
  stop(): void
}

export function requestBody(req: IncomingMessage, clock: Clock): RequestBody {
  let bytes = 0
  let since: number | null = clock.monotonicMs()
  let ended = false
  let completeAt: number | null = null
  let failure: Error | undefined
  let wake = (): void => {}

  const onReadable = (): void => wake()
  const onEnd = (): void => {
    ended = true
    completeAt = clock.monotonicMs()
    since = null
    wake()
  }
  const onClose = (): void => {
    if (!ended) failure ??= new Error('the browser left in the middle of its upload')
    since = null
    wake()
  }
  req.on('readable', onReadable).on('end', onEnd).on('error', onClose).on('close', onClose)
  let stopped = false
  const stop = (): void => {
    if (stopped) return
    stopped = true
    since = null
    // Once: Node stops reading at each time, also behind a `resume()`.
    req.off('readable', onReadable)
  }

  const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
    for (;;) {
      if (failure !== undefined) throw failure
      const chunk = req.read() as Buffer | null
      if (chunk !== null) {
        bytes += chunk.length
        receivedBytes(chunk.length)
        since = clock.monotonicMs()
        return { done: false, value: chunk }
      }
      if (ended) return { done: true, value: undefined }
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return {
    get bytes() {
      return bytes
    },
    stalledSinceMs: () => since,
    completeAtMs: () => completeAt,
    stop,
    [Symbol.asyncIterator]: () => ({
      next,
      return: () => {
        stop()
        return Promise.resolve({ done: true, value: undefined })
      },
    }),
  }
}
