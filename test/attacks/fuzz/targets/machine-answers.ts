import { createRequire } from 'node:module'
import { createAnswerReader } from '../../../../gateway/proxy/answer-reader.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

/** Everything that a reader told, in order; bytes of bodies as one text however they were cut. */
interface Told {
  heads: { readonly status: number; readonly raw: readonly string[] }[]
  body: string
  interim: number
  complete: boolean
  refused: boolean
}

const nothing = (): Told => ({ heads: [], body: '', interim: 0, complete: false, refused: false })

function readByUs(chunks: readonly Buffer[], bodyless: boolean): Told {
  const told = nothing()
  const reader = createAnswerReader(4_096)
  const events = {
    onInterim: () => void (told.interim += 1),
    onHead: (status: number, raw: readonly string[]) => void told.heads.push({ status, raw }),
    onData(chunk: Buffer) {
      holds(chunk.length > 0, 'it tells of no bytes')
      told.body += chunk.toString('latin1')
    },
  }
  reader.begin(events, bodyless)
  try {
    for (const chunk of chunks) if ((told.complete = reader.read(chunk))) break
  } catch {
    told.refused = true
  }
  return told
}

/** Node's own parser, llhttp, at its strictest; what `node:http` is made of, and not in its documentation. */
interface Llhttp {
  [event: number]: unknown
  initialize(type: number, resource: object): void
  execute(bytes: Buffer): number | Error
}
const { HTTPParser } = createRequire(import.meta.url)('_http_common') as {
  readonly HTTPParser: { new (): Llhttp } & Readonly<
    Record<'RESPONSE' | 'kOnHeaders' | 'kOnHeadersComplete' | 'kOnBody' | 'kOnMessageComplete', number>
  >
}

function readByLlhttp(bytes: Buffer, bodyless: boolean): Told {
  const answer = nothing()
  const parser = new HTTPParser()
  parser.initialize(HTTPParser.RESPONSE, {})
  // Of many headers it tells in parts.
  let parts: string[] = []
  parser[HTTPParser.kOnHeaders] = (part: string[]): void => void parts.push(...part)
  parser[HTTPParser.kOnHeadersComplete] = (...told: [number, number, string[] | undefined, unknown, unknown, number]): number => {
    const [, , last = [], , , status] = told
    const raw = [...parts, ...last]
    parts = []
    if (status >= 200 || status === 101) answer.heads.push({ status, raw })
    else answer.interim += 1
    return bodyless ? 1 : 0
  }
  parser[HTTPParser.kOnBody] = (body: Buffer): void => void (answer.body += body.toString('latin1'))
  parser[HTTPParser.kOnMessageComplete] = (): void => void (answer.complete = answer.heads.length > 0)
  answer.refused = parser.execute(bytes) instanceof Error
  return answer
}

/** RFC 9112: the same answer however the bytes are cut, and what is taken for one is the same one to the parser that browsers and servers know. */
export const target: FuzzTarget = {
  name: 'machine-answers',
  covers: ['gateway/proxy/answer-reader.ts'],
  mostBytes: 8 * 1024,
  seeds: [
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: y\r\n\r\nabc',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive, close\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 30\r\n\r\n',
  ],
  words: [
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    '\0',
    'Content-Length: ',
    'Transfer-Encoding: ',
    'chunked',
    '0\r\n\r\n',
    ';a=b',
    'HTTP/1.1 ',
    ' :',
    '\r\n ',
  ],
  attempt(bytes) {
    for (const bodyless of [false, true]) {
      // It writes over what it has read.
      const whole = readByUs([Buffer.from(bytes)], bodyless)
      const cut = readByUs(
        Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
        bodyless,
      )
      holds(JSON.stringify(cut) === JSON.stringify(whole), 'cut into bytes it is another')
      if (!whole.complete) continue
      const theirs = readByLlhttp(bytes, bodyless)
      const [head] = theirs.heads
      holds(theirs.complete && head !== undefined, 'llhttp refuses what we take')
      holds(JSON.stringify(head) === JSON.stringify(whole.heads[0]), 'another head than llhttp reads')
      // What stands behind a complete answer llhttp reads as another one.
      holds(theirs.body.startsWith(whole.body), 'another body than llhttp reads')
      holds(whole.heads.length === 1, 'two answers to one request')
      if (theirs.heads.length === 1) holds(theirs.body === whole.body, 'less of a body than llhttp reads')
      holds(!/[\r\n\0]/.test(whole.heads[0]?.raw.join('') ?? ''), 'a line ends in a value')
    }
  },
}
