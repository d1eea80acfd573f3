import type { Http2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { cutStream, onlyWholeEnds } from './only-whole-ends.ts'

/** A connection beside the tunnel: it waits, is taken for a stream, and carries that stream's bytes (agent-api.ts). */
export interface Lane {
  readonly socket: TLSSocket
  /** From now on its end is the end of what it carries; before, whoever ends it closes it. */
  take(): void
  /** It was not needed, and waits again. */
  giveBack(): void
  /**
   * Ties it to the stream that it carries the bytes of. The stream went through every check and stays the only word: it carries no byte itself, its
   * END_STREAM ends a direction, and when it is cut, so is the lane. The lane's own end proves nothing: whoever cuts its TCP connection could make half
   * a transfer look whole.
   */
  tie(stream: Http2Stream): void
}

/** After a lane's end the stream's word is on its way, if there is one. */
const wordWithinMs = 10_000

export function createLane(socket: TLSSocket, clock: { after(ms: number, act: () => void): { cancel(): void } }): Lane {
  const ended = { stream: false, lane: false }
  let waits = true
  let tied: Http2Stream | undefined
  let wordless: { cancel(): void } | undefined

  const push = socket.push.bind(socket)
  socket.allowHalfOpen = true
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk !== null) return push(chunk, encoding)
    ended.lane = true
    if (waits) socket.destroy()
    else endWhenBoth()
    return false
  }
  socket.on('error', () => {})
  socket.once('finish', () => tied?.end())
  socket.once('close', () => {
    wordless?.cancel()
    if (tied !== undefined && !isWhole()) cutStream(tied)
  })

  // Both directions may have ended while the lane still has bytes for a slow reader.
  const isWhole = (): boolean => ended.stream && socket.writableFinished
  const cut = (): void => {
    if (tied !== undefined) cutStream(tied)
    socket.destroy()
  }
  function endWhenBoth(): void {
    if (!ended.lane || tied === undefined) return
    wordless?.cancel()
    if (ended.stream) push(null)
    else wordless = clock.after(wordWithinMs, cut)
  }

  return {
    socket,
    take: () => void (waits = false),
    giveBack() {
      waits = true
      if (ended.lane) socket.destroy()
    },
    tie(stream) {
      waits = false
      tied = onlyWholeEnds(stream)
      stream.on('error', () => {})
      stream.on('data', cut)
      stream.once('end', () => {
        ended.stream = true
        endWhenBoth()
      })
      stream.once('close', () => {
        if (!isWhole()) socket.destroy()
      })
      if (socket.destroyed || stream.destroyed) cut()
      else endWhenBoth()
    },
  }
}
