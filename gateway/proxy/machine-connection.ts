import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '../basics/clock.ts'
import { createAnswerReader, type AnswerEvents } from './answer-reader.ts'
import type { RequestBody } from './request-body.ts'

export interface MachineRequest {
  readonly method: string
  /** Path and query, exactly as they are sent. */
  readonly target: string
  /** Flat pairs, without framing. */
  readonly headers: readonly string[]
  /** Absent: there is none. `bytes`: how long it is; null: that is not known. */
  readonly body: { readonly chunks: RequestBody; readonly bytes: number | null } | undefined
}

/** A request as its bytes begin. */
export interface WrittenRequest extends Pick<MachineRequest, 'method' | 'body'> {
  readonly head: string
}

/** Hears of the answer, in order. Nothing after `onEnd` or `onError`. */
export interface AnswerTo extends AnswerEvents {
  onEnd(): void
  onError(error: unknown): void
}

/** A request that was sent. */
export interface SentRequest {
  pause(): void
  resume(): void
  /** Gives the connection up: nothing of this request or its answer passes any more, and {@link AnswerTo} hears nothing. */
  abort(): void
}

export interface MachineConnection {
  /** Whether it can carry another request. */
  readonly isOpen: boolean
  /** Only while it is idle. */
  carry(request: WrittenRequest, answer: AnswerTo): SentRequest
  /** No further request: it ends as a connection ends that served its purpose. */
  end(): void
  destroy(): void
}

interface Exchange {
  readonly answer: AnswerTo
  bodySent: boolean
}

/** How long the agent has to end its half. */
const farewellMs = 2_000

/**
 * One stream to a machine's service as an HTTP/1.1 connection. Whatever leaves it in doubt where the next message begins (a torn request, an answer that was
 * complete before its request was, bytes that nobody asked for) destroys it.
 */
export function machineConnection(options: {
  readonly stream: Duplex
  readonly maxHeadBytes: number
  readonly clock: Clock
  onIdle(connection: MachineConnection): void
  onClosed(connection: MachineConnection): void
}): MachineConnection {
  const { stream, clock, onIdle, onClosed } = options
  const reader = createAnswerReader(options.maxHeadBytes)
  let current: Exchange | undefined
  let isOpen = true
  let farewell: Timer | undefined

  const giveUp = (): void => {
    isOpen = false
    reader.giveUp()
    // With an error: without one half a body would end as a whole one does.
    if (!stream.destroyed) stream.destroy(new Error('the connection to the machine was given up'))
  }
  const fail = (error: unknown): void => {
    const failed = current
    current = undefined
    giveUp()
    failed?.answer.onError(error)
  }
  const finish = (exchange: Exchange): void => {
    current = undefined
    // Who answers and reads nothing would have request after request waiting here.
    const isRead = !stream.writableNeedDrain
    const isKept = isOpen && exchange.bodySent && reader.keepAlive && isRead
    if (!exchange.bodySent) giveUp()
    else if (!isKept) connection.end()
    exchange.answer.onEnd()
    stream.resume()
    if (isKept) onIdle(connection)
  }
  const onData = (chunk: Buffer): void => {
    const exchange = current
    try {
      // With nobody waiting every byte is one too many.
      const isComplete = reader.read(chunk)
      if (exchange !== undefined && exchange === current && isComplete) finish(exchange)
    } catch (error) {
      fail(error)
    }
  }
  const onEnd = (): void => {
    isOpen = false
    if (current === undefined) connection.end()
    else fail(new Error('the machine ended the connection before its answer'))
  }
  const onClose = (): void => {
    farewell?.cancel()
    onClosed(connection)
    fail(new Error('the connection to the machine is gone'))
  }

  const connection: MachineConnection = {
    get isOpen() {
      return isOpen && stream.writable
    },
    carry(request, answer) {
      const exchange: Exchange = { answer, bodySent: request.body === undefined }
      current = exchange
      reader.begin(answer, request.method === 'HEAD')
      if (request.body === undefined) stream.write(request.head, 'latin1')
      else
        sendBody(stream, request.head, request.body, {
          goesOn: () => exchange === current,
          whole: () => void (exchange.bodySent = true),
        }).catch((error: unknown) => {
          if (exchange === current) fail(error)
        })
      return {
        pause: () => void (exchange === current && stream.pause()),
        resume: () => void (exchange === current && stream.resume()),
        abort() {
          if (exchange !== current) return
          current = undefined
          giveUp()
        },
      }
    },
    end() {
      isOpen = false
      stream.end()
      farewell ??= clock.after(farewellMs, giveUp)
    },
    destroy: () => fail(new Error('the connection to the machine was given up')),
  }
  stream.on('data', onData).on('error', () => {})
  stream.once('end', onEnd).once('close', onClose)
  return connection
}

/** @throws Error the browser's half broke off, or is not as long as it was said to be: the machine must not take it for whole */
async function sendBody(
  stream: Duplex,
  head: string,
  { chunks, bytes }: NonNullable<MachineRequest['body']>,
  { goesOn, whole }: { goesOn(): boolean; whole(): void },
): Promise<void> {
  let sent = 0
  stream.cork()
  process.nextTick(() => stream.uncork())
  stream.write(head, 'latin1')
  for await (const chunk of chunks) {
    if (!goesOn()) return
    sent += chunk.length
    if (bytes !== null && sent > bytes) throw new Error('the upload is longer than it was said to be')
    const hasRoom = writeChunk(stream, chunk, bytes === null)
    // A quick machine answers before the browser's end was heard of.
    if (sent === bytes) whole()
    if (!hasRoom) await drained(stream)
    if (!goesOn()) return
  }
  if (!goesOn()) return
  if (bytes === null) {
    stream.write('0\r\n\r\n', 'latin1')
    whole()
  } else if (sent !== bytes) throw new Error('the upload is shorter than it was said to be')
}

function writeChunk(stream: Duplex, chunk: Buffer, chunked: boolean): boolean {
  if (!chunked) return stream.write(chunk)
  stream.cork()
  stream.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
  stream.write(chunk)
  const hasRoom = stream.write('\r\n', 'latin1')
  stream.uncork()
  return hasRoom
}

function drained(stream: Duplex): Promise<void> {
  if (stream.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.on('drain', done).on('close', done)
  })
}
