import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { WebSocket } from 'ws'
import { receivedBytes } from '../../../agent/wire/received-bytes.ts'
import { tearSocket } from '../../../agent/wire/tear-socket.ts'
import type { Clock, Timer } from '../../basics/clock.ts'

export interface CarryBytes {
  readonly socket: WebSocket
  /** The machine's stream at the gateway, the tool's connection at the command line. */
  readonly stream: Duplex
  readonly clock: Clock
  /** Called once, when both are closed. */
  readonly settle?: (outcome: { readonly sent: number; readonly received: number }) => void
}

export const closeCodes = { done: 1000, broken: 1011, stalled: 1013, withdrawn: 4000 } as const

/** What one side may hold of bytes that the other does not take. */
const mostUnsentBytes = 512 * 1024
const stallMs = 60_000
const hangUpMs = 1_000
const endOfBytes = 'end'

/**
 * Carries bytes both ways between a stream and a WebSocket, with backpressure and half-closes; see README.md for the messages. A torn side
 * tears the other one, so that half a transfer never looks whole.
 */
export function carryBytes({ socket, stream, clock, settle }: CarryBytes): void {
  const counted = { sent: 0, received: 0 }
  const stall = stallTimer(clock, () => {
    tear(stream)
    hangUp(socket, clock, closeCodes.stalled, 'nobody read for a minute')
  })
  const bothClosed = (): void => settle?.(counted)
  let sentEnd = false
  let gotEnd = false
  const closeWhenDone = (): void => {
    if (sentEnd && gotEnd && stream.writableFinished) socket.close(closeCodes.done)
  }

  stream.on('data', (chunk: Buffer) => {
    if (socket.readyState !== socket.OPEN) return
    counted.sent += chunk.length
    receivedBytes(chunk.length)
    socket.send(chunk, { binary: true }, () => {
      if (socket.bufferedAmount >= mostUnsentBytes / 2 || !stream.isPaused()) return
      stall.off('send')
      stream.resume()
    })
    if (socket.bufferedAmount < mostUnsentBytes) return
    stream.pause()
    stall.on('send')
  })
  stream.on('end', () => {
    sentEnd = true
    if (socket.readyState === socket.OPEN) socket.send(endOfBytes)
    closeWhenDone()
  })
  stream.on('drain', () => {
    stall.off('write')
    socket.resume()
  })
  stream.on('finish', () => {
    // A stream that was ended while it was full tells no drain any more.
    stall.off('write')
    socket.resume()
    closeWhenDone()
  })
  stream.on('error', () => {})
  stream.on('close', () => {
    stall.off('finish')
    if (socket.readyState === socket.CLOSED) return bothClosed()
    const isWhole = sentEnd && gotEnd && stream.writableFinished
    if (socket.readyState === socket.OPEN && !isWhole) hangUp(socket, clock, closeCodes.broken, 'the other side broke off')
  })

  socket.on('message', (message: Buffer, isBinary: boolean) => {
    if (!isBinary) {
      if (message.toString() !== endOfBytes || gotEnd) return socket.close(1002, 'not a message of this protocol')
      gotEnd = true
      return void stream.end()
    }
    if (gotEnd || stream.destroyed) return
    counted.received += message.length
    receivedBytes(message.length)
    if (stream.write(message)) return
    socket.pause()
    stall.on('write')
  })
  socket.on('error', () => {})
  socket.on('close', (code) => {
    stall.off('send')
    stall.off('write')
    if (stream.closed) return bothClosed()
    // Everything has come, and a slow reader still has the last of it before him.
    if (code === closeCodes.done && sentEnd && gotEnd) stall.on('finish')
    else tear(stream)
  })
}

/** The word why, and the end even where nobody answers it. What still comes is read and dropped: the answer is behind it. */
export function hangUp(socket: WebSocket, clock: Clock, code: number, reason: string): void {
  socket.resume()
  socket.close(code, reason)
  const timer = clock.after(hangUpMs, () => socket.terminate())
  socket.once('close', () => timer.cancel())
}

/** A TCP connection that is merely destroyed ends with a FIN, as if its bytes were all there. */
function tear(stream: Duplex): void {
  // A lane's end is vouched for by the tunnel, and a TLS socket knows no reset.
  if (stream instanceof Socket && !(stream instanceof TLSSocket)) tearSocket(stream)
  else stream.destroy()
}

type Way = 'send' | 'write' | 'finish'

/** One deadline for each way that waits. */
function stallTimer(clock: Clock, onStall: () => void): { on(way: Way): void; off(way: Way): void } {
  const timers = new Map<Way, Timer>()
  return {
    on: (way) => void (timers.has(way) || timers.set(way, clock.after(stallMs, onStall))),
    off: (way) => {
      timers.get(way)?.cancel()
      timers.delete(way)
    },
  }
}
