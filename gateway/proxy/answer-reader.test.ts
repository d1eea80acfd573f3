import { expect, test } from 'vitest'
import { createAnswerReader } from './answer-reader.ts'

const mostBytes = 1_000

interface Told {
  readonly heads: (readonly [number, readonly string[]])[]
  interim: number
  body: string
  complete: boolean
  keepAlive: boolean
}

function read(chunks: readonly string[], bodyless = false): Told {
  const reader = createAnswerReader(mostBytes)
  const told: Told = { heads: [], interim: 0, body: '', complete: false, keepAlive: true }
  const events = {
    onInterim: () => void (told.interim += 1),
    onHead: (status: number, raw: readonly string[]) => void told.heads.push([status, raw]),
    onData: (chunk: Buffer) => void (told.body += chunk.toString('latin1')),
  }
  reader.begin(events, bodyless)
  for (const chunk of chunks) told.complete = reader.read(Buffer.from(chunk, 'latin1'))
  return { ...told, keepAlive: reader.keepAlive }
}

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`

test.each([
  ['a length', `${ok}content-length: 5\r\nX: \t y z \r\n\r\nhello`, 'hello'],
  ['no bytes', `${ok}content-length: 0\r\n\r\n`, ''],
  ['chunks', `${chunked}5\r\nhello\r\n0A\r\n0123456789\r\n0\r\n\r\n`, 'hello0123456789'],
  ['chunks and trailers', `${chunked}1\r\nx\r\n0\r\nx-sum: 1\r\nx-more: 2\r\n\r\n`, 'x'],
  ['no body at all', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
  ['another body than the one asked about', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 70\r\n\r\n', ''],
  ['a status without words', 'HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx', 'x'],
])('an answer of %s is the same however its bytes are cut', (_, answer, body) => {
  const whole = read([answer])
  expect(whole).toMatchObject({ complete: true, keepAlive: true, body })
  expect(whole.heads).toHaveLength(1)
  expect(read(answer.split(''))).toEqual(whole)
  for (let at = 1; at < answer.length; at += 1) expect(read([answer.slice(0, at), answer.slice(at)])).toEqual(whole)
})

test('headers are told as they were sent, without the white space around them', () => {
  const { heads } = read([`${ok}Content-Length:0\r\nSet-Cookie: a=b\r\nset-cookie:\t c=d;  e \t\r\nX-Empty:\r\n\r\n`])
  expect(heads).toEqual([[200, ['Content-Length', '0', 'Set-Cookie', 'a=b', 'set-cookie', 'c=d;  e', 'X-Empty', '']]])
})

test('an answer to HEAD has no body, whatever length it tells', () => {
  expect(read([`${ok}content-length: 70\r\n\r\n`], true)).toMatchObject({ complete: true, keepAlive: true, body: '' })
})

test('interim answers are counted and are not the answer', () => {
  const told = read([`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok}content-length: 0\r\n\r\n`])
  expect(told).toMatchObject({ interim: 2, complete: true })
  expect(told.heads).toHaveLength(1)
})

test.each([
  ['the machine says so', `${ok}connection: keep-alive, Close\r\ncontent-length: 0\r\n\r\n`],
  ['bytes stand behind the answer', `${ok}content-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n`],
])('the connection is not used again when %s', (_, answer) => {
  expect(read([answer])).toMatchObject({ complete: true, keepAlive: false })
})

test('bytes that nobody asked for are refused', () => {
  const reader = createAnswerReader(mostBytes)
  expect(() => reader.read(Buffer.from('x'))).toThrow('belong to no answer')
})

test('a body without a length or chunks is told of and then refused with its first byte', () => {
  expect(read([`${ok}\r\n`])).toMatchObject({ complete: false, body: '' })
  expect(() => read([`${ok}\r\nx`])).toThrow('cannot be known')
  expect(() => read([`${ok}transfer-encoding: gzip, chunked\r\n\r\nx`])).toThrow('cannot be known')
})

test.each([
  ['another protocol', 'SSH-2.0-OpenSSH\r\n'],
  ['another version', 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n'],
  ['a short status', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
  ['two lengths', `${ok}content-length: 1\r\ncontent-length: 1\r\n\r\n`],
  ['a list of lengths', `${ok}content-length: 1, 1\r\n\r\n`],
  ['a signed length', `${ok}content-length: +1\r\n\r\n`],
  ['a length beyond numbers', `${ok}content-length: 9999999999999999\r\n\r\n`],
  ['a length and chunks', `${ok}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`],
  ['two codings', `${ok}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n`],
  ['a space before the colon', `${ok}content-length : 1\r\n\r\n`],
  ['a folded line', `${ok}x: y\r\n z\r\ncontent-length: 0\r\n\r\n`],
  ['a bare LF', `${ok}x: y\ncontent-length: 0\r\n\r\n`],
  ['a bare CR', `${ok}x: y\rcontent-length: 0\r\n\r\n`],
  ['a NUL', `${ok}x: y\0\r\n\r\n`],
  ['no name', `${ok}: y\r\n\r\n`],
  ['no colon', `${ok}xy\r\ncontent-length: 0\r\n\r\n`],
  ['a chunk without a size', `${chunked}\r\nx`],
  ['a chunk of a signed size', `${chunked}-1\r\nx`],
  ['a chunk extension', `${chunked}1;a=b\r\nx\r\n`],
  ['a size that ends in LF', `${chunked}1\nx`],
  ['a size of zeros without end', `${chunked}000000000`],
  ['a chunk that is longer than its size', `${chunked}1\r\nxy\r\n`],
  ['a length in its trailers', `${chunked}0\r\ncontent-length: 1\r\n\r\n`],
])('%s is refused', (_, answer) => {
  expect(() => read([answer])).toThrow("The machine's answer cannot be read")
  expect(() => read(answer.split(''))).toThrow("The machine's answer cannot be read")
})

test('a head and trailers are refused as soon as they are longer than they may be', () => {
  const long = `x: ${'y'.repeat(mostBytes)}\r\n`
  for (const begin of [ok, `${chunked}0\r\n`]) {
    expect(() => read([begin + long])).toThrow('too long')
    expect(() => read([begin, ...long.split('')])).toThrow('too long')
    expect(() => read([`${begin + long}\r\n`])).toThrow('too long')
  }
})

test('a head that comes byte by byte is not looked through again for each byte', () => {
  const text = `${ok}x: ${'y'.repeat(60_000)}\r\ncontent-length: 0\r\n\r\n`
  const reader = createAnswerReader(64 * 1024)
  reader.begin({ onInterim: () => {}, onHead: () => {}, onData: () => {} }, false)
  let complete = false
  const before = process.cpuUsage().user
  for (const byte of Buffer.from(text)) complete = reader.read(Buffer.of(byte))
  expect(complete).toBe(true)
  // 60,000 copies of 30 KB take seconds; this takes some 20 ms of the processor.
  expect(process.cpuUsage().user - before).toBeLessThan(1_000_000)
})

test('ten thousand chunks of one byte are told as one piece for each that comes', () => {
  const reader = createAnswerReader(mostBytes)
  const pieces: string[] = []
  reader.begin({ onInterim: () => {}, onHead: () => {}, onData: (piece) => void pieces.push(piece.toString()) }, false)
  reader.read(Buffer.from(`${chunked}${'1\r\nx\r\n'.repeat(10_000)}2\r\ny`))
  expect(reader.read(Buffer.from('z\r\n1\r\na\r\n0\r\n\r\n'))).toBe(true)
  expect(pieces).toEqual([`${'x'.repeat(10_000)}y`, 'za'])
})

test('who gives an answer up hears no more of it, and the rest of its bytes are refused', () => {
  const reader = createAnswerReader(mostBytes)
  const told: string[] = []
  reader.begin({ onInterim: () => {}, onHead: () => (told.push('head'), reader.giveUp()), onData: () => void told.push('data') }, false)
  expect(() => reader.read(Buffer.from(`${ok}content-length: 2\r\n\r\nab`))).toThrow('belong to no answer')
  expect(told).toEqual(['head'])
})
