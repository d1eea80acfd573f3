import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { constants } from 'node:http2'
import type { Logger } from '../basics/logger.ts'
import { mostBatchBytes, pageHeader, pageIdPattern, pageServiceHeader } from '../wire/mirror.ts'
import type { PageIntake, PageRefusal, Pages } from './pages.ts'
import { readBatch } from './read-batch.ts'

export interface PageProblem {
  readonly status: number
  readonly code: string
  readonly message: string
}

const refusals: Readonly<Record<PageRefusal, PageProblem>> = {
  no_session: { status: 404, code: 'no_session', message: 'there is no such live session' },
  not_wanted: { status: 409, code: 'not_wanted', message: 'the customer does not let these pages be mirrored' },
  too_many_pages: { status: 429, code: 'too_many_pages', message: 'too many pages are mirrored' },
}

export interface TakePageOptions {
  readonly pages: Pages
  readonly logger: Logger
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  readonly session: string
  /** What it told cannot be read, and its stream is ended. */
  readonly onUnreadable: () => void
}

/** `POST /v1/sessions/{id}/mirror` (mirror.ts): takes lines as fast as they are read, until one side ends. Returns why it does not. */
export function takePage({ pages, logger, stream, headers, session, onUnreadable }: TakePageOptions): PageProblem | null {
  const id = headers[pageHeader]
  if (typeof id !== 'string' || !pageIdPattern.test(id))
    return { status: 400, code: 'bad_request', message: `${pageHeader}: must be 32 hex` }
  const service = headers[pageServiceHeader]
  if (typeof service !== 'string') return { status: 400, code: 'bad_request', message: `${pageServiceHeader}: is missing` }
  const intake = pages.open(
    session,
    { id, service },
    {
      // Orders are few, and one that is not read is as good as ten.
      order: (order) => void (stream.writable && !stream.writableNeedDrain && stream.write(`${JSON.stringify(order)}\n`)),
      end: () => {
        if (stream.writable) stream.end()
        // What still comes is for nobody.
        stream.resume()
      },
    },
  )
  if (typeof intake === 'string') return refusals[intake]
  stream.once('close', intake.close)
  stream.respond({ ':status': 200, 'content-type': 'application/x-ndjson' })
  takeLines(stream, intake).then(
    () => intake.close(),
    (error: unknown) => {
      intake.close()
      if (stream.destroyed) return
      onUnreadable()
      logger.warn({ error, session }, 'a page of the mirror told what cannot be read')
      stream.close(constants.NGHTTP2_PROTOCOL_ERROR)
    },
  )
  return null
}

async function takeLines(stream: ServerHttp2Stream, intake: PageIntake): Promise<void> {
  let parts: Buffer[] = []
  let length = 0
  const add = (part: Buffer): void => {
    length += part.length
    if (length > mostBatchBytes) throw new Error(`a line is longer than ${mostBatchBytes} bytes`)
    parts.push(part)
  }
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
      add(chunk.subarray(from, at))
      from = at + 1
      const line = Buffer.concat(parts)
      parts = []
      length = 0
      if (line.length > 0) intake.take(readBatch(line))
      // Streams of the session and the operator's End come between two lines.
      await new Promise(setImmediate)
    }
    if (from < chunk.length) add(chunk.subarray(from))
  }
}
