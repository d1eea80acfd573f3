import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTarget, type Target } from '../target.ts'

/*
 * A request hidden in another one (security.md E1: http-party/node-http-proxy #1720, CVE-2026-29057; RFC 9112 sections 6 and 11.2; "HTTP Desync Attacks",
 * J. Kettle 2019, "HTTP/1.1 Must Die", 2025, Akamai CVE-2025-32094). Both hops: what the browser's side makes of the bytes, and what the agent sends to the machine.
 */

let target: Target
beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target[Symbol.asyncDispose]())

const hidden = 'GET /smuggled HTTP/1.1\r\nHost: x\r\nX-Is: a request of its own\r\n\r\n'
const size = hidden.length.toString(16)
const length = (value: string | number): string => `Content-Length: ${value}`
const coding = (value: string): string => `Transfer-Encoding: ${value}`
const [last, chunked] = ['0\r\n\r\n', coding('chunked')]

/** The name of the trick, the method, its fields, and the bytes behind the head. */
type Trick = readonly [name: string, method: string, lines: readonly string[], rest: string]

/** Never reaches the machine in any form. */
const ambiguous: readonly Trick[] = [
  ['CL.TE', 'POST', [length(5), chunked], last + hidden],
  ['TE.CL', 'POST', [chunked, length(5)], last + hidden],
  ['CL.TE with a GET', 'GET', [length(5), chunked], last + hidden],
  ['two lengths that differ', 'POST', [length(0), length(hidden.length)], hidden],
  ['two lengths in one field', 'POST', ['Content-Length: 0, 5'], `abcde${hidden}`],
  ['a sign before the length', 'POST', [length('+5')], `abcde${hidden}`],
  ['a negative length', 'POST', [length(-1)], hidden],
  ['a hexadecimal length', 'POST', [length('0x5')], `abcde${hidden}`],
  ['an octal-looking length with a space', 'POST', [length('0 5')], `abcde${hidden}`],
  ['a length beyond 2^64', 'POST', [length('18446744073709551621')], `abcde${hidden}`],
  ['a length with an underscore', 'POST', [length('1_0')], `abcdefghij${hidden}`],
  ['an unknown coding', 'POST', [coding('xchunked')], last + hidden],
  ['a coding behind chunked', 'POST', [coding('chunked, identity')], last + hidden],
  ['chunked twice', 'POST', [chunked, chunked], last + hidden],
  ['chunked twice in one field', 'POST', [coding('chunked, chunked')], last + hidden],
  ['identity, then chunked', 'POST', [coding('identity'), chunked], last + hidden],
  ['gzip before chunked', 'POST', [coding('gzip, chunked')], last + hidden],
  ['a quoted coding', 'POST', [coding('"chunked"')], last + hidden],
  ['a coding with a parameter', 'POST', [coding('chunked;q=0.1')], last + hidden],
  ['an empty coding', 'POST', [coding('')], last + hidden],
  ['a space before the colon', 'POST', ['Transfer-Encoding : chunked'], last + hidden],
  ['a tab before the colon', 'POST', ['Transfer-Encoding\t: chunked'], last + hidden],
  ['a space before the colon of the length', 'POST', ['Content-Length : 5'], `abcde${hidden}`],
  ['a vertical tab before the value', 'POST', ['Transfer-Encoding:\x0bchunked'], last + hidden],
  ['a vertical tab in the length', 'POST', ['Content-Length:\x0b5'], `abcde${hidden}`],
  ['a NUL in the name', 'POST', ['Transfer\0-Encoding: chunked'], last + hidden],
  ['a NUL in the value', 'POST', ['Transfer-Encoding: chunked\0'], last + hidden],
  ['a bare LF before the field', 'POST', ['X: y\nTransfer-Encoding: chunked'], last + hidden],
  ['a bare CR before the field', 'POST', ['X: y\rTransfer-Encoding: chunked'], last + hidden],
  ['a bare CR at the end of the field', 'POST', ['Transfer-Encoding: chunked\r'], last + hidden],
  ['a folded coding', 'POST', ['Transfer-Encoding:\r\n chunked'], last + hidden],
  ['a folded field that hides the length', 'POST', ['X: y\r\n Content-Length: 5'], `abcde${hidden}`],
  ['a field without a name', 'POST', [': chunked', length(5)], `abcde${hidden}`],
  ['a field without a colon', 'POST', ['Transfer-Encoding chunked', length(5)], `abcde${hidden}`],
  ['a field that begins with a space', 'POST', [' Transfer-Encoding: chunked', length(5)], `abcde${hidden}`],
  ['a name beyond ASCII', 'POST', ['Tr\xe4nsfer-Encoding: chunked', length(5)], `abcde${hidden}`],
]

/** Its head may be all right, its body is not: no machine may take the rest for a request. */
const broken: readonly Trick[] = [
  ['an LF in a chunk extension (TERM.EXT)', 'POST', [chunked], `0;\n\r\n\r\n${hidden}`],
  ['an LF behind the size', 'POST', [chunked], `5\nabcde\r\n0\r\n\r\n${hidden}`],
  ['an LF behind the chunk', 'POST', [chunked], `5\r\nabcde\n0\r\n\r\n${hidden}`],
  ['a CR behind the chunk', 'POST', [chunked], `5\r\nabcde\r0\r\n\r\n${hidden}`],
  ['two bytes too many in a chunk', 'POST', [chunked], `5\r\nabcdefg\r\n0\r\n\r\n${hidden}`],
  ['a size with a sign', 'POST', [chunked], `+5\r\nabcde\r\n0\r\n\r\n${hidden}`],
  ['a size with 0x', 'POST', [chunked], `0x5\r\nabcde\r\n0\r\n\r\n${hidden}`],
  ['a size with an underscore', 'POST', [chunked], `0_5\r\nabcde\r\n0\r\n\r\n${hidden}`],
  ['a size that overflows 64 bits', 'POST', [chunked], `10000000000000005\r\nabcde\r\n0\r\n\r\n${hidden}`],
  ['a size with a space before it', 'POST', [chunked], ` 5\r\nabcde\r\n0\r\n\r\n${hidden}`],
  ['an empty size', 'POST', [chunked], `\r\nabcde\r\n0\r\n\r\n${hidden}`],
  ['a negative size', 'POST', [chunked], `-5\r\nabcde\r\n0\r\n\r\n${hidden}`],
  ['a trailer that names a framing', 'POST', [chunked], `5\r\nabcde\r\n0\r\nContent-Length: 0\r\n\r\n${hidden}`],
  ['no last CRLF', 'POST', [chunked], `0\r\n${hidden}`],
]

/** Well-formed: reaches the machine as one request whose body is this, with a framing of our own. */
const wellFormed: readonly (readonly [...Trick, body: string])[] = [
  ['a chunked DELETE (E1)', 'DELETE', [chunked], `${size}\r\n${hidden}\r\n${last}`, hidden],
  ['a chunked OPTIONS (E1)', 'OPTIONS', [chunked], `${size}\r\n${hidden}\r\n${last}`, hidden],
  ['a DELETE with a length', 'DELETE', [length(hidden.length)], hidden, hidden],
  ['a chunked POST in small chunks', 'POST', [chunked], `3\r\nGET\r\n1\r\n \r\n2\r\n/x\r\n${last}`, 'GET /x'],
  ['a chunk extension', 'POST', [chunked], `5;name="va;lue"\r\nabcde\r\n${last}`, 'abcde'],
  ['capital letters in a size', 'POST', [chunked], `A\r\n0123456789\r\n${last}`, '0123456789'],
  ['a coding in capitals', 'POST', [coding('CHUNKED')], `5\r\nabcde\r\n${last}`, 'abcde'],
  ['a trailer that names a person', 'POST', [chunked], '5\r\nabcde\r\n0\r\nX-Forwarded-User: root\r\n\r\n', 'abcde'],
  ['a body that is a request', 'PUT', [length(hidden.length)], hidden, hidden],
  ['leading zeros of a length', 'POST', [length('0005')], 'abcde', 'abcde'],
]

/** A body that its reader is asked to wait for, or only seems to be (J. Kettle 2025, "Expect"; Akamai CVE-2025-32094; RFC 9110 section 10.1.1). */
const awaited: readonly (readonly [name: string, method: string, lines: readonly string[]])[] = [
  ['as it should be, without waiting', 'POST', ['Expect: 100-continue']],
  ['with a GET (0.CL)', 'GET', ['Expect: 100-continue']],
  ['with OPTIONS', 'OPTIONS', ['Expect: 100-continue']],
  ['in capitals', 'POST', ['Expect: 100-CONTINUE']],
  ['twice', 'POST', ['Expect: 100-continue', 'Expect: 100-continue']],
  ['in a list', 'POST', ['Expect: 100-continue, 100-continue']],
  ['of something else', 'POST', ['Expect: x']],
  ['of a word more', 'GET', ['Expect: y 100-continue']],
  ['of nothing', 'POST', ['Expect: ']],
  ['folded (CVE-2025-32094)', 'OPTIONS', ['Expect:\r\n 100-continue']],
  ['with a space before the colon', 'POST', ['Expect : 100-continue']],
  ['named in Connection', 'POST', ['Expect: 100-continue', 'Connection: Expect, close']],
]

describe('a request that is hidden in another one', () => {
  it.each(ambiguous)('is refused where the framing could be read in two ways: %s', async (_name, method, lines, rest) => {
    const { heard, requests } = await target.attack(target.request(`${method} /outer HTTP/1.1`, lines) + rest)
    expect(heard.status, heard.text).toBeGreaterThanOrEqual(400)
    expect(heard.status).toBeLessThan(500)
    expect([heard.closed, answers(heard.text)]).toEqual([true, 1])
    expect(requests).toEqual([])
  })

  it.each(broken)('reaches nobody where the body is broken: %s', async (_name, method, lines, rest) => {
    const { heard, requests } = await target.attack(target.request(`${method} /outer HTTP/1.1`, lines) + rest)
    expect(requests.map(({ target: path }) => path)).not.toContain('/smuggled')
    expect(answers(heard.text)).toBeLessThanOrEqual(1)
    expect([heard.closed, heard.status === 200]).toEqual([true, false])
    await target.stillAnswersRightly()
  })

  it.each(wellFormed)('stays the body that it is: %s', async (_name, method, lines, rest, body) => {
    const { heard, requests } = await target.attack(target.request(`${method} /outer HTTP/1.1`, [...lines, 'Connection: close']) + rest)
    expect(heard.text).toContain(`you asked ${method} /outer with ${body.length} bytes`)
    expect(requests.map((request) => [request.method, request.target, request.body.toString('latin1')])).toEqual([[method, '/outer', body]])
    expect(requests[0]?.fields.filter(([name]) => /trailer|forwarded|x-is/.test(name))).toEqual([])
  })

  it.each(awaited)('is not made by a body that somebody is to wait for: Expect %s', async (_name, method, lines) => {
    const { heard, requests } = await target.attack(
      target.request(`${method} /outer HTTP/1.1`, [...lines, length(hidden.length), 'Connection: close']) + hidden,
    )
    // One request with this body, or none; whom it asks to wait is the gateway, and never the machine.
    expect([[], [`${method} /outer ${hidden}`]]).toContainEqual(requests.map((one) => `${one.method} ${one.target} ${String(one.body)}`))
    expect(requests.flatMap(({ fields }) => fields.map(([name]) => name))).not.toContain('expect')
    expect(answers(heard.text.replaceAll('HTTP/1.1 100 Continue\r\n\r\n', ''))).toBe(1)
    await target.stillAnswersRightly()
  })

  it('is not made by a GET whose body nobody announced', async () => {
    const { heard, requests } = await target.attack(target.request('GET /outer HTTP/1.1') + hidden)
    // The rest is a second request of the browser, judged by itself: its Host is not ours.
    expect(requests.map(({ target: path }) => path)).toEqual(['/outer'])
    expect([...heard.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status)).toEqual(['200', '421'])
  })

  it('leaves nothing for the next one, and harms nobody', async () => {
    await target.stillAnswersRightly()
    await target.nobodyElseHarmed()
  })
})

describe('a body that is not what its head says', () => {
  it('ends the connection when it is shorter, and the machine gets no whole request (E2)', async () => {
    const { requests } = await target.attack(target.request('POST /short HTTP/1.1', [length(50)], 'abc'), { firstMs: 500 })
    expect(requests).toEqual([])
    await target.stillAnswersRightly()
    await target.nobodyElseHarmed()
  })

  it('is no more than its length when it is longer, and the rest is no request of anybody (E2)', async () => {
    const { heard, requests } = await target.attack(target.request('POST /long HTTP/1.1', [length(3)], `abcdefgh${hidden}`))
    // The connection may be gone before the first request was passed on.
    expect([[], ['/long abc']]).toContainEqual(requests.map(({ target: path, body }) => `${path} ${String(body)}`))
    expect([heard.closed, heard.text.includes('smuggled')]).toEqual([true, false])
    await target.stillAnswersRightly()
    await target.nobodyElseHarmed()
  })

  it('is one of many that come without waiting: each is answered in its turn', async () => {
    const paths = Array.from({ length: 12 }, (_, n) => `/in-turn/${n}`)
    const all = paths.map((path, n) => target.request(`POST ${path} HTTP/1.1`, [length(n)], 'x'.repeat(n)))
    const { heard, requests } = await target.attack(all.join(''))
    expect(requests.map((request) => [request.target, request.body.length])).toEqual(paths.map((path, n) => [path, n]))
    expect([...heard.text.matchAll(/you asked POST (\S+) with/g)].map(([, path]) => path)).toEqual(paths)
  })
})

const answers = (text: string): number => text.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0
