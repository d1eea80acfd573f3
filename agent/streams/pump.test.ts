import { Readable, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { pump } from './pump.ts'

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
  pump({ from, to, clock, onChunk: () => {}, onFailure: (error) => void failures.push(String(error)) })
  const take = async (): Promise<void> => {
    waiting.shift()?.()
    await new Promise(setImmediate)
  }
  return { clock, failures, from, to, take, read: () => read }
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
