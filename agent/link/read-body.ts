import type { ServerHttp2Stream } from 'node:http2'
import type { Clock } from '../basics/clock.ts'
import { answerProblem } from './door-answers.ts'
import type { DoorProblem } from './door-answers.ts'

const bodyTimeoutMs = 15_000

export interface ReadBodyOptions {
  readonly maxBytes: number
  /** Tells of a longer one, once; default: it is answered. */
  readonly refuse?: (problem: DoorProblem) => void
}

/** Hands on a whole body of at most `maxBytes`; a longer one is refused with 413, and who sends it too slowly is cut. */
export function readBody(stream: ServerHttp2Stream, clock: Clock, options: ReadBodyOptions, then: (bytes: Buffer) => void): void {
  const { maxBytes, refuse = (problem) => answerProblem(stream, problem) } = options
  const chunks: Buffer[] = []
  let total = 0
  const timer = clock.after(bodyTimeoutMs, () => stream.destroy())
  stream.on('data', (chunk: Buffer) => {
    total += chunk.length
    if (total <= maxBytes) chunks.push(chunk)
    else if (!stream.headersSent) refuse({ status: 413, code: 'bad_request', message: `the body is longer than ${maxBytes} bytes` })
  })
  stream.on('close', () => timer.cancel())
  stream.on('end', () => {
    timer.cancel()
    if (total <= maxBytes) then(Buffer.concat(chunks))
  })
}

/** @throws where it is not JSON in UTF-8 */
export const parseJson = (bytes: Buffer): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
