import { Readable, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { pump } from './pump.ts'
import { createConduct } from './session-conduct.ts'

const KiB = 1024

/** A sender without end, and a reader that takes a piece when it is told to. */
function slowReader() {
  const clock = new FakeClock()
  const failures: string[] = []
  const waiting: (() => void)[] = []
  let read = 0
  const from = new Readable({ read: () => void from.push(Buffer.alloc(16 * KiB)) })
  const to = new Writable({
    highWaterMark: 64 * KiB,
    write(chunk: Buffer, _encoding, done) {
      waiting.push(() => {
        read += chunk.length
        done()
      })
    },
  })
  const conduct = createConduct()
  pump({ from, to, clock, conduct, onChunk: () => {}, onFailure: (error) => void failures.push(String(error)) })
  const take = async (): Promise<void> => {
    waiting.shift()?.()
    await new Promise(setImmediate)
  }
  return { clock, failures, from, to, take, conduct, read: () => read }
}

it('cuts a reader that takes nothing for 60 s, and not one that takes a piece a minute (R6)', async () => {
  const { clock, failures, take } = slowReader()
  await new Promise(setImmediate)
  for (let minute = 0; minute < 5; minute += 1) {
    clock.advance(59_999)
    await take()
  }
  clock.advance(59_999)
  expect(failures).toEqual([])
  clock.advance(60_000)
  expect(failures).toEqual(['Error: stalled'])
})

it('keeps no more for it than the stream holds by itself, however long it lasts', async () => {
  const { clock, from, to, take, read } = slowReader()
  let mostBytes = 0
  for (let piece = 0; piece < 1_000; piece += 1) {
    await take()
    mostBytes = Math.max(mostBytes, to.writableLength + from.readableLength)
    clock.advance(1_000)
  }
  expect(read()).toBeGreaterThan(900 * 16 * KiB)
  expect(mostBytes).toBeLessThan(256 * KiB)
})

it('passes nothing while the session is paused, cuts nobody for it however long that lasts, and loses nothing', async () => {
  const clock = new FakeClock()
  const conduct = createConduct()
  const failures: string[] = []
  const got: string[] = []
  const from = new Readable({ read: () => {} })
  const to = new Writable({
    write(chunk: Buffer, _encoding, done) {
      got.push(String(chunk))
      done()
    },
  })
  pump({ from, to, clock, conduct, onChunk: () => {}, onFailure: (error) => void failures.push(String(error)) })
  const turn = (): Promise<void> => new Promise(setImmediate)
  from.push('one ')
  await turn()
  conduct.set({ paused: true })
  from.push('two ')
  from.push('three ')
  from.push(null)
  await turn()
  clock.advance(3_600_000)
  await turn()
  expect([got, failures, to.writableEnded]).toEqual([['one '], [], false])
  conduct.set({ paused: false })
  await turn()
  await turn()
  expect([got.join(''), to.writableEnded]).toEqual(['one two three ', true])
})

it('that begins paused passes nothing before it goes on', async () => {
  const conduct = createConduct()
  conduct.set({ paused: true })
  const got: string[] = []
  const from = Readable.from([Buffer.from('x')])
  const to = new Writable({
    write(chunk: Buffer, _encoding, done) {
      got.push(String(chunk))
      done()
    },
  })
  pump({ from, to, clock: new FakeClock(), conduct, onChunk: () => {}, onFailure: () => {} })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(got).toEqual([])
  conduct.set({ paused: false })
  await expect.poll(() => got).toEqual(['x'])
})

it('counts a reader that stood still before a pause anew after it', async () => {
  const { clock, failures, conduct } = slowReader()
  await new Promise(setImmediate)
  clock.advance(59_000)
  conduct.set({ paused: true })
  clock.advance(600_000)
  conduct.set({ paused: false })
  clock.advance(59_999)
  expect(failures).toEqual([])
  clock.advance(1)
  expect(failures).toEqual(['Error: stalled'])
})
