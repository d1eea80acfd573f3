import type { TLSSocket } from 'node:tls'
import { vi } from 'vitest'
import { clientPreface, flag, frameType, wholeFrames, type Frame } from './frames.ts'

/** An end of a connection that sends what it likes, and writes down what it hears. */
export interface RawPeer {
  readonly closed: boolean
  send(...frames: readonly Buffer[]): void
  /** All that was heard so far. */
  readonly heard: readonly Frame[]
  /** The DATA of a stream, together. */
  bytesOf(stream: number): Buffer
  /** Whether END_STREAM came for it. */
  isWhole(stream: number): boolean
  /** Waits for HEADERS on this stream. */
  answered(stream: number): Promise<void>
}

/** `of`: who is at the other end. */
export function rawPeer(socket: TLSSocket, of: 'client' | 'server'): RawPeer {
  const heard: Frame[] = []
  let rest: Buffer = Buffer.alloc(0)
  let unseen = of === 'client' ? clientPreface.length : 0
  let closed = false
  socket.on('error', () => {}).once('close', () => (closed = true))
  socket.on('data', (chunk: Buffer) => {
    const skipped = Math.min(unseen, chunk.length)
    unseen -= skipped
    rest = Buffer.concat([rest, chunk.subarray(skipped)])
    const { frames, length } = wholeFrames(rest)
    heard.push(...frames)
    rest = rest.subarray(length)
  })
  const on = (stream: number, type: number): Frame[] => heard.filter((frame) => frame.stream === stream && frame.type === type)
  const isWhole = (stream: number): boolean =>
    [...on(stream, frameType.data), ...on(stream, frameType.headers)].some(({ flags }) => (flags & flag.endStream) !== 0)
  return {
    get closed() {
      return closed
    },
    heard,
    send: (...frames) => void (closed || socket.write(Buffer.concat(frames))),
    bytesOf: (stream) => Buffer.concat(on(stream, frameType.data).map(({ payload }) => payload)),
    isWhole,
    answered: (stream) =>
      vi.waitUntil(() => closed || on(stream, frameType.headers).length > 0, { interval: 2, timeout: 15_000 }).then(() => {}),
  }
}
