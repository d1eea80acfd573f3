/** A request's framing as somebody who wants to be misread writes it, and the body that the one right reading finds; null: there is none. */
export interface Framing {
  readonly name: string
  readonly method: string
  readonly version: string
  readonly lines: readonly string[]
  readonly body: string | null
}

/** `valid`: it is one length and no reader could take it for another; `absent`: no reader takes it for a framing at all. */
interface Part {
  readonly lines: readonly string[]
  readonly reading: 'valid' | 'absent' | 'invalid'
  readonly bytes?: number
}

const none: Part = { lines: [], reading: 'absent' }
const invalid = (...lines: string[]): Part => ({ lines, reading: 'invalid' })

/** The bytes behind every head: an end of chunks, then a request of its own. Five bytes, and all of them, are lengths that somebody could believe. */
const lastChunk = '0\r\n\r\n'

const lengths = (all: number): readonly Part[] => [
  none,
  ...[5, all].map((bytes): Part => ({ lines: [`Content-Length: ${bytes}`], reading: 'valid', bytes })),
  { lines: [`cOnTeNt-LeNgTh:${all}`], reading: 'valid', bytes: all },
  { lines: [`Content-Length: 000${all}\t`], reading: 'valid', bytes: all },
  { lines: [`Content_Length: ${all}`], reading: 'absent' },
  { lines: [`X-Content-Length: ${all}`], reading: 'absent' },
  ...[
    '+5',
    '-5',
    '0x5',
    '5, 5',
    '5,5',
    '5 5',
    '5;',
    '5.0',
    '5e0',
    '',
    '\x0b5',
    '\xa05',
    '5\x00',
    '99999999999999999999',
    '18446744073709551621',
  ].map((value) => invalid(`Content-Length: ${value}`)),
  invalid('Content-Length: 5', 'Content-Length: 5'),
  invalid('Content-Length: 5', `Content-Length: ${all}`),
  invalid('Content-Length: 0', 'content-length: 5'),
  invalid('Content-Length : 5'),
  invalid('Content-Length\t: 5'),
  invalid('Content-Length\x0b: 5'),
  invalid(' Content-Length: 5'),
  invalid('X: y', ' Content-Length: 5'),
  invalid('X: y\nContent-Length: 5'),
  invalid('X: y\rContent-Length: 5'),
  invalid('Content-Length:\r\n 5'),
]

const codings: readonly Part[] = [
  none,
  { lines: ['Transfer-Encoding: chunked'], reading: 'valid', bytes: 0 },
  { lines: ['transfer-encoding:ChUnKeD'], reading: 'valid', bytes: 0 },
  { lines: ['Transfer_Encoding: chunked'], reading: 'absent' },
  { lines: ['X-Transfer-Encoding: chunked'], reading: 'absent' },
  { lines: ['TE: chunked, trailers'], reading: 'absent' },
  ...[
    'xchunked',
    'chunked, chunked',
    'identity',
    'identity, chunked',
    'chunked, identity',
    'gzip, chunked',
    'chunked, gzip',
    '"chunked"',
    "'chunked'",
    'chunked;a=b',
    'chunked \t',
    'chunked,',
    ',chunked',
    'chunked\x00',
    '\x0bchunked',
    '\x0cchunked',
    '\xa0chunked',
    'chunk ed',
    'trailers',
    '',
  ].map((value) => invalid(`Transfer-Encoding: ${value}`)),
  invalid('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
  invalid('Transfer-Encoding: identity', 'Transfer-Encoding: chunked'),
  invalid('Transfer-Encoding: chunked', 'Transfer-Encoding: x'),
  invalid('Transfer-Encoding : chunked'),
  invalid('Transfer-Encoding\t: chunked'),
  invalid(' Transfer-Encoding: chunked'),
  invalid('X: y', '\tTransfer-Encoding: chunked'),
  invalid('X: y\nTransfer-Encoding: chunked'),
  invalid('Transfer-Encoding:\r\n chunked'),
  invalid('Transfer\x00-Encoding: chunked'),
]

export const methods = ['POST', 'GET', 'HEAD', 'DELETE', 'OPTIONS', 'PUT', 'PATCH', 'PROPFIND'] as const

/** Every length beside every coding, in both orders, for these methods. `hidden`: what stands behind the end of chunks. */
export function* framings(options: { readonly methods: readonly string[]; readonly hidden: string }): Generator<Framing> {
  const rest = lastChunk + options.hidden
  for (const method of options.methods)
    for (const version of ['1.1', '1.0'])
      for (const length of lengths(rest.length))
        for (const coding of codings)
          for (const lines of orders(length, coding))
            yield {
              name: JSON.stringify([method, version, ...lines]),
              method,
              version,
              lines,
              body: version === '1.1' ? bodyOf(length, coding, rest) : null,
            }
}

export const bytesBehind = (hidden: string): string => lastChunk + hidden

/** A folded field cannot stand first: there is nothing that it continues. */
const orders = (length: Part, coding: Part): (readonly string[])[] =>
  length.lines.length * coding.lines.length === 0
    ? [[...length.lines, ...coding.lines]]
    : [
        [...length.lines, ...coding.lines],
        [...coding.lines, ...length.lines],
      ]

function bodyOf(length: Part, coding: Part, rest: string): string | null {
  if (length.reading === 'invalid' || coding.reading === 'invalid') return null
  if (length.reading === 'valid' && coding.reading === 'valid') return null
  if (length.reading === 'valid') return rest.slice(0, length.bytes)
  // Without a framing there is no body, and what stands behind the head is no request: nobody has to take the head for one either.
  return coding.reading === 'valid' ? '' : null
}
