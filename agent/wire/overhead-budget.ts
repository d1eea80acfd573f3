import type { Http2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { tunnelSettings } from './tunnel-settings.ts'

/**
 * What a peer sends on a tunnel beside the bytes of its streams. PING, SETTINGS, PRIORITY, WINDOW_UPDATE, ORIGIN, ALTSVC, empty DATA, unknown frames: each
 * is allowed, HTTP/2 libraries read and forget them, and whoever sends them without end takes a part of our processor for nothing (CVE-2019-9512, -9513,
 * -9515, -9517, -9518; RFC 9113, section 10.5). No library says what came, but all of it together is what the connection has read and no stream got.
 */
export interface OverheadBudget {
  /** Knows from now on what this stream carries. `inFlight`: how much may still come for it when we cut it in this moment. */
  follow(stream: Http2Stream, inFlight: () => number): void
  /** False as soon as the peer has sent more than it may; to be asked each {@link tunnelSettings.overheadLookMs}. */
  holds(): boolean
}

const { overheadBurstBytes, overheadBytesPerSecond, connectionWindow } = tunnelSettings
const frameHeadBytes = 9
/** For the fields of a question or an answer. */
const headBytes = 512
/** Whoever is sent much acknowledges much: Node with 13 bytes for 512 KiB, others for 4 KiB, on the stream and on the connection. */
const writtenPerAcknowledged = 128

export function createOverheadBudget(socket: Pick<Socket, 'bytesRead' | 'bytesWritten'>, clock: { monotonicMs(): number }): OverheadBudget {
  let tokens: number = overheadBurstBytes
  let lookedAtMs = clock.monotonicMs()
  let seen = 0
  /** Bytes that the peer had a reason to send. */
  let owed = 0
  /** Bytes that may still come for streams that we cut; never more than a peer may have on its way. */
  let onTheirWay = 0

  const settle = (): void => {
    const nowMs = clock.monotonicMs()
    const overhead = socket.bytesRead - owed - socket.bytesWritten / writtenPerAcknowledged
    tokens = Math.min(overheadBurstBytes, tokens + ((nowMs - lookedAtMs) / 1_000) * overheadBytesPerSecond)
    tokens = Math.min(overheadBurstBytes, tokens - (overhead - seen))
    lookedAtMs = nowMs
    seen = overhead
    const late = Math.min(onTheirWay, Math.max(0, -tokens))
    onTheirWay -= late
    tokens += late
  }

  return {
    follow(stream, inFlight) {
      // Node tells of a server's stream a moment after it has read the first bytes of it.
      owed += headBytes + stream.readableLength
      const push = stream.push.bind(stream)
      stream.push = (chunk: Uint8Array | null, encoding?: BufferEncoding): boolean => {
        if (chunk !== null) owed += chunk.length + frameHeadBytes
        return push(chunk, encoding)
      }
      // Both are called by us, and by Node after the peer has ended the stream, which is closed by then.
      const cut = (): void => {
        if (stream.closed || stream.destroyed || stream.readableEnded) return
        settle()
        onTheirWay = Math.min(connectionWindow, onTheirWay + inFlight())
      }
      const [close, destroy] = [stream.close.bind(stream), stream.destroy.bind(stream)]
      stream.close = (...how) => {
        cut()
        close(...how)
      }
      stream.destroy = (error) => {
        cut()
        return destroy(error)
      }
    },
    holds() {
      settle()
      return tokens >= 0
    },
  }
}
