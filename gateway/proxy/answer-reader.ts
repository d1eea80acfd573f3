import { createLineBlock } from './line-block.ts'

/** How the end of an answer's body is known (RFC 9112, section 6.3); `unframed`: by the end of the connection, which nobody can tell from a torn one. */
type Framing = { readonly kind: 'none' | 'chunked' | 'unframed' } | { readonly kind: 'length'; readonly bytes: number }

export interface AnswerEvents {
  onInterim(): void
  /** `raw`: flat pairs as they were sent, white space around values taken off. */
  onHead(status: number, raw: readonly string[]): void
  /** In order, never empty, once for all that a piece of the connection holds. */
  onData(chunk: Buffer): void
}

/**
 * Reads the answers on a connection to an agent. Agents write heads and bodies in one plain form, so nothing is forgiven here: what has it not
 * ends the connection, and a hostile machine cannot make two readers see two answers.
 */
export interface AnswerReader {
  /** Begins with the next answer; `bodyless`: to HEAD. */
  begin(events: AnswerEvents, bodyless: boolean): void
  /**
   * Takes the next bytes of the connection, for good: what it tells of them lies in them, and what stood between is written over.
   * @returns whether the answer is complete now; bytes behind its end are thrown away with the connection
   * @throws Error what is wrong with it; the connection is of no use any more
   */
  read(chunk: Buffer): boolean
  /** Tells nothing any more, not even of the bytes that are just being read. */
  giveUp(): void
  /** After a complete answer: another request may be sent on this connection. False for good once it was. */
  readonly keepAlive: boolean
}

const [head, counted, size, sizeEnd, data, dataCr, dataLf, lastLine, lastLf, trailers, complete, unframed] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
]
const firstWord = 'HTTP/1.1 '
const [tab, lf, cr, space] = [0x09, 0x0a, 0x0d, 0x20]

export function createAnswerReader(maxHeadBytes: number): AnswerReader {
  let events: AnswerEvents | undefined
  let bodyless = false
  let state = complete
  let keepAlive = true
  const block = createLineBlock(maxHeadBytes, () => invalid('its head is too long'))
  /** Bytes of the body or of the chunk that are still to come. */
  let left = 0
  let digits = 0
  /** Where the body lies that is not told of yet, in the bytes that are being read. */
  let [bodyFrom, bodyTo] = [0, 0]

  function takeHead(text: string): void {
    const lineEnd = text.indexOf('\r\n')
    const status = statusOf(text.slice(0, lineEnd))
    const raw = fieldsOf(text, lineEnd + 2)
    if (status < 200) {
      if (status === 101) throw invalid('it switches protocols unasked')
      events?.onInterim()
      return
    }
    const framing = framingOf(raw, bodyless || status === 204 || status === 304)
    if (closes(raw)) keepAlive = false
    events?.onHead(status, raw)
    if (framing.kind === 'length') left = framing.bytes
    if (framing.kind === 'none' || (framing.kind === 'length' && left === 0)) state = complete
    else state = framing.kind === 'length' ? counted : framing.kind === 'chunked' ? size : unframed
  }

  function takeLines(chunk: Buffer, at: number): number {
    const { taken, lines } = block.take(chunk, at)
    if (lines !== undefined) takeHead(lines)
    // Who speaks something else may wait for us to answer.
    else if (!firstWord.startsWith(block.start(firstWord.length))) throw invalid('it is none of HTTP/1.1')
    return taken
  }

  /** They end at this hop. */
  function takeTrailers(chunk: Buffer, at: number): number {
    const { taken, lines } = block.take(chunk, at)
    if (lines === undefined) return taken
    if (fieldsOf(lines, 0).some((name, at) => at % 2 === 0 && /^(?:content-length|transfer-encoding)$/i.test(name)))
      throw invalid('its length comes behind it')
    state = complete
    return taken
  }

  /** A thousand chunks of one byte are not worth a thousand pieces: they are put together where they lie. */
  function takeBody(chunk: Buffer, at: number): number {
    const bytes = Math.min(left, chunk.length - at)
    left -= bytes
    if (bodyFrom === bodyTo) bodyFrom = bodyTo = at
    else chunk.copyWithin(bodyTo, at, at + bytes)
    bodyTo += bytes
    if (left === 0) state = state === counted ? complete : dataCr
    return bytes
  }

  function tellBody(chunk: Buffer): void {
    const [from, to] = [bodyFrom, bodyTo]
    bodyFrom = bodyTo = 0
    if (from !== to) events?.onData(to - from === chunk.length ? chunk : chunk.subarray(from, to))
  }

  /** One byte of what stands between the bytes of chunks (RFC 9112, section 7.1); extensions are not sent by any agent. */
  function takeFraming(byte: number): void {
    if (state === size) {
      const digit = hexDigit(byte)
      if (digit >= 0 && digits < 8) {
        left = left * 16 + digit
        digits += 1
      } else if (byte === cr && digits > 0) state = sizeEnd
      else throw invalid('the size of a chunk is no number')
    } else if (state === sizeEnd && byte === lf) {
      state = left === 0 ? lastLine : data
      digits = 0
    } else if (state === dataCr && byte === cr) state = dataLf
    else if (state === dataLf && byte === lf) state = size
    else if (state === lastLine && byte === cr) state = lastLf
    else if (state === lastLf && byte === lf) state = complete
    else throw invalid('a chunk does not end where it must')
  }

  function readAll(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (events === undefined || (state === complete && at === 0)) throw invalid('bytes came that belong to no answer')
      if (state === complete) {
        keepAlive = false
        return
      }
      if (state === unframed) throw invalid('the end of its body cannot be known')
      if (state === head) at += takeLines(chunk, at)
      else if (state === counted || state === data) at += takeBody(chunk, at)
      else if (state === lastLine && chunk[at] !== cr) state = trailers
      else if (state === trailers) at += takeTrailers(chunk, at)
      else takeFraming(chunk[at++]!)
    }
  }

  return {
    begin(next, isBodyless) {
      events = next
      bodyless = isBodyless
      state = head
      left = 0
      digits = 0
    },
    read(chunk) {
      try {
        readAll(chunk)
      } finally {
        tellBody(chunk)
      }
      return state === complete
    },
    giveUp() {
      events = undefined
    },
    get keepAlive() {
      return keepAlive
    },
  }
}

const invalid = (why: string): Error => new Error(`The machine's answer cannot be read: ${why}.`)

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** RFC 9112, section 4. */
function statusOf(line: string): number {
  if (!/^HTTP\/1\.1 [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/.test(line)) throw invalid('its first line is none of HTTP/1.1')
  return Number(line.slice(9, 12))
}

/** RFC 9110, section 5.1 and 5.5. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const unprintable = /[^\t\x20-\x7e\x80-\xff]/

/** The lines behind `from`, each with its CR LF. */
function fieldsOf(text: string, from: number): string[] {
  const raw: string[] = []
  for (let at = from; at < text.length;) {
    const end = text.indexOf('\r\n', at)
    const colon = text.indexOf(':', at)
    if (colon === -1 || colon > end) throw invalid('a header has no colon')
    const name = text.slice(at, colon)
    const value = withoutSpace(text, colon + 1, end)
    if (!token.test(name)) throw invalid('a header has no name')
    if (unprintable.test(value)) throw invalid('a header has a control character')
    raw.push(name, value)
    at = end + 2
  }
  return raw
}

function withoutSpace(text: string, from: number, to: number): string {
  let [start, end] = [from, to]
  while (start < end && isSpace(text.charCodeAt(start))) start += 1
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}
const isSpace = (code: number): boolean => code === space || code === tab

function framingOf(raw: readonly string[], bodyless: boolean): Framing {
  let length: string | undefined
  let coding: string | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (length !== undefined) throw invalid('it has two lengths')
      length = raw[at + 1]!
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (coding !== undefined || raw[at + 1] === '') throw invalid('it has no coding, or two')
      coding = raw[at + 1]!
    }
  }
  if (length !== undefined && !/^(?:0|[1-9]\d{0,14})$/.test(length)) throw invalid('its length is no number')
  if (length !== undefined && coding !== undefined) throw invalid('it has two lengths')
  if (bodyless) return { kind: 'none' }
  if (coding !== undefined) return { kind: coding.toLowerCase() === 'chunked' ? 'chunked' : 'unframed' }
  return length === undefined ? { kind: 'unframed' } : { kind: 'length', bytes: Number(length) }
}

function closes(raw: readonly string[]): boolean {
  for (let at = 0; at < raw.length; at += 2)
    if (raw[at]!.length === 10 && raw[at]!.toLowerCase() === 'connection' && /(?:^|,)\s*close\s*(?:,|$)/i.test(raw[at + 1]!)) return true
  return false
}
