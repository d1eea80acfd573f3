import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTarget, type Target } from '../target.ts'

/**
 * What a parser of HTTP/1.1 may skip, sent without end and as fast as it is taken: empty lines before a request line (RFC 9112, section 2.2), zeros before a
 * chunk's size and extensions behind it (section 7.1; CVE-2024-22019), trailers (section 7.1.2). Nothing of it is a request, so no bound on those counts it.
 */
let target: Target
beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target[Symbol.asyncDispose]())

/** The gateway looks each quarter of a second; the rest is a busy computer. */
const cutAfterS = 10
const grownMiB = 32
const KiB = 1024

/** Sends until the gateway has closed, and says how long that took and what it answered. */
function pour(
  head: string,
  piece: string,
): Promise<{ readonly livedS: number; readonly statuses: readonly string[]; readonly sentMiB: number }> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(target.portal.port) })
    const bytes = Buffer.from(piece.repeat(Math.ceil((64 * KiB) / piece.length)), 'latin1')
    const began = performance.now()
    let heard = ''
    const more = (): void => {
      while (!socket.destroyed && socket.write(bytes));
    }
    socket.on('error', () => {}).on('drain', more)
    socket.on('data', (chunk: Buffer) => (heard = (heard + chunk.toString('latin1')).slice(0, 64 * KiB)))
    socket.once('close', () => {
      const statuses = [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /gu)].map(([, status = '']) => status)
      resolve({ livedS: (performance.now() - began) / 1_000, statuses, sentMiB: socket.bytesWritten / KiB ** 2 })
    })
    socket.write(head, 'latin1', more)
  })
}

const beforeSignIn = (): string =>
  `POST /api/v1/command-lines/token HTTP/1.1\r\nHost: ${target.portal.host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
const toMachine = (): string => target.request('POST /up HTTP/1.1', [`Origin: ${target.origin}`, 'Transfer-Encoding: chunked'])

it.each<readonly [string, () => string, string]>([
  ['empty lines before a request', () => '', '\r\n'],
  ['bare line feeds before a request', () => '', '\n'],
  ['empty lines behind a request', () => `GET / HTTP/1.1\r\nHost: ${target.portal.host}\r\n\r\n`, '\r\n'],
  ['zeros before a chunk size, by nobody', beforeSignIn, '0'],
  ['an extension of a chunk, by nobody', () => `${beforeSignIn()}1;a=`, 'b'],
  ['extensions of chunks of one byte, by nobody', beforeSignIn, `1;${'e'.repeat(1_000)}\r\n \r\n`],
  ['a trailer, by nobody', () => `${beforeSignIn()}0\r\n`, 'x: y\r\n'],
  ['zeros before a chunk size, to a machine', toMachine, '0'],
  ['an extension of a chunk, to a machine', () => `${toMachine()}1;a=`, 'b'],
  ['a trailer, to a machine', () => `${toMachine()}0\r\n`, 'x: y\r\n'],
])('%s without end: is cut, and costs nobody anything', async (what, head, piece) => {
  const before = await target.gatewayMiB()
  const poured = pour(head(), piece)
  await target.stillAnswersRightly()
  const { livedS, statuses, sentMiB } = await poured
  process.stdout.write(
    `${what}: cut after ${livedS.toFixed(1)} s and ${sentMiB.toFixed(0)} MiB, answered ${statuses.join(', ') || 'nothing'}\n`,
  )
  expect(livedS).toBeLessThan(cutAfterS)
  expect(statuses.length).toBeLessThan(3)
  await target.nobodyElseHarmed()
  expect((await target.gatewayMiB()) - before).toBeLessThan(grownMiB)
})
