import { constants } from 'node:http2'
import type { ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2'
import type { Clock } from '../basics/clock.ts'
import { isCodedError } from '../basics/coded-error.ts'
import { deviceGone, deviceTimeout } from './device-errors.ts'
import type { TunnelSession } from './tunnel-session.ts'

/** The head of an agent's answer. Of its headers callers read only those that the contract names. */
export interface RequestHead {
  readonly status: number
  header(name: string): string
  readonly stream: ClientHttp2Stream
}

export interface OpenRequest {
  readonly session: Pick<TunnelSession, 'request'>
  readonly clock: Clock
  readonly headers: OutgoingHttpHeaders
  /** `open`: the stream stays writable (CONNECT). */
  readonly body: Buffer | 'none' | 'open'
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** Sends one request over the tunnel and waits for the head of its answer. @throws CodedError `device_gone`, `device_timeout`, or the abort reason */
export function openRequest({ session, clock, headers, body, timeoutMs, signal }: OpenRequest): Promise<RequestHead> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(reasonOf(signal))
    const stream = startStream(session, headers, body !== 'none', reject)
    if (stream === undefined) return
    const give = (error: Error): void => {
      finish()
      stream.close(constants.NGHTTP2_CANCEL)
      reject(error)
    }
    const aborted = (): void => give(reasonOf(signal))
    const closed = (): void => give(deviceGone())
    const timer = clock.after(timeoutMs, () => give(deviceTimeout(timeoutMs)))
    const finish = (): void => {
      timer.cancel()
      signal?.removeEventListener('abort', aborted)
      stream.off('close', closed)
    }
    signal?.addEventListener('abort', aborted, { once: true })
    // For ever: a stream that fails while nobody listens yet must not end the process.
    stream.on('error', () => {})
    stream.once('close', closed)
    if (Buffer.isBuffer(body)) stream.end(body)
    stream.once('response', (answer) => {
      finish()
      resolve({ status: answer[':status'] ?? 0, header: (name) => String(answer[name] ?? ''), stream })
    })
  })
}

function startStream(
  session: Pick<TunnelSession, 'request'>,
  headers: OutgoingHttpHeaders,
  writable: boolean,
  reject: (error: unknown) => void,
): ClientHttp2Stream | undefined {
  try {
    return session.request(headers, { endStream: !writable })
  } catch (error) {
    reject(isCodedError(error) ? error : deviceGone(error))
    return undefined
  }
}

const reasonOf = (signal: AbortSignal | undefined): Error =>
  signal?.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal?.reason })
