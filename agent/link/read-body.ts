import type { ServerHttp2Stream } from 'node:http2'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import { answerProblem } from './door-answers.ts'
import type { DoorProblem } from './door-answers.ts'

const bodyTimeoutMs = 15_000

export interface ReadBodyOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly maxBytes: number
  /** Tells of a longer one, once; default: it is answered. */
  readonly refuse?: (problem: DoorProblem) => void
}

/**
 * Hands on a whole body of at most `maxBytes`; a longer one is refused with 413, and who sends it too slowly is cut. What `then` throws is answered with
 * 500: nobody else would catch it, and no body ends the agent.
 */
export function readBody(stream: ServerHttp2Stream, options: ReadBodyOptions, then: (bytes: Buffer) => void): void {
  const { maxBytes, clock, logger, refuse = (problem) => answerProblem(stream, problem) } = options
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
    if (total > maxBytes) return
    try {
      then(Buffer.concat(chunks))
    } catch (error) {
      logger.error({ error }, 'a body of the gateway could not be dealt with')
      answerProblem(stream, { status: 500, code: 'internal', message: 'the agent failed; its log says why' })
    }
  })
}

/** @throws where it is not JSON in UTF-8 */
export const parseJson = (bytes: Buffer): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
