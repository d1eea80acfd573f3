import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { cutTornTail, readPart } from './read-recording.ts'
import { createRecordingWriter, mostWaitingBytes } from './recording-writer.ts'
import type { RecordingFailure, RecordingWriter } from './recording-writer.ts'

let folder: string
let path: string
let clock: FakeClock
let failures: RecordingFailure[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recording-'))
  path = join(folder, 'one.recording')
  clock = new FakeClock()
  failures = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const writerWith = (mayWrite: () => Promise<RecordingFailure | null> = () => Promise.resolve(null)): RecordingWriter =>
  createRecordingWriter({ path, clock, mayWrite, onFailure: (why) => failures.push(why) })
const lineOf = (name: string): Buffer => Buffer.from(JSON.stringify({ name }))
const namesOf = async (from = 0): Promise<string[]> => {
  const names: string[] = []
  for (let next: number | null = from; next !== null;) {
    const part = await readPart(path, next)
    names.push(...(part?.lines ?? []).map((line) => (JSON.parse(line.toString()) as { name: string }).name))
    next = part?.next ?? null
  }
  return names
}
/** One frame for each name. */
const writeFrames = async (...names: string[]): Promise<number[]> => {
  const writer = writerWith()
  const ends: number[] = []
  for (const name of names) {
    const before = writer.bytes
    writer.add(lineOf(name))
    clock.advance(500)
    await expect.poll(() => writer.bytes, { interval: 2 }).toBeGreaterThan(before)
    ends.push(writer.bytes)
  }
  await writer.close()
  return ends
}

describe('a recording', () => {
  it('is read as it was written, for its owner alone, in frames of half a second', async () => {
    const writer = writerWith()
    writer.add(lineOf('a'))
    clock.advance(499)
    writer.add(lineOf('b'))
    expect(writer.bytes).toBe(0)
    clock.advance(1)
    await expect.poll(() => writer.bytes, { interval: 2 }).toBeGreaterThan(0)
    const first = writer.bytes
    writer.add(lineOf('c'))
    await writer.close()
    expect(await namesOf()).toEqual(['a', 'b', 'c'])
    expect(await namesOf(first)).toEqual(['c'])
    expect(statSync(path)).toMatchObject({ size: writer.bytes })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    writer.add(lineOf('too late'))
    clock.advance(1_000)
    expect([await namesOf(), failures]).toEqual([['a', 'b', 'c'], []])
  })

  it('is read in parts of about a megabyte', async () => {
    const writer = writerWith()
    const names = Array.from({ length: 12 }, (_, n) => `${n}`.padEnd(300_000, 'x'))
    for (const name of names) writer.add(lineOf(name))
    await writer.close()
    const part = await readPart(path, 0)
    expect(part?.lines.length).toBeLessThan(8)
    expect(part?.next).not.toBeNull()
    expect(await namesOf()).toEqual(names)
  })

  it('that was torn at any byte loses its last frame and no other', async () => {
    const [first = 0, second = 0, whole = 0] = await writeFrames('a', 'b', 'c')
    const copy = join(folder, 'copy')
    copyFileSync(path, copy)
    for (let size = 0; size <= whole; size += 1) {
      copyFileSync(copy, path)
      truncateSync(path, size)
      const expected = size < first ? [] : size < second ? ['a'] : size < whole ? ['a', 'b'] : ['a', 'b', 'c']
      expect(await namesOf()).toEqual(expected)
      expect(await cutTornTail(path)).toBe([0, first, second, whole][expected.length])
      expect(statSync(path).size).toBe([0, first, second, whole][expected.length])
    }
  })

  it('that was changed anywhere is read up to there, and nothing of what was changed is shown', async () => {
    const [, second = 0] = await writeFrames('a', 'b', 'c')
    const bytes = readFileSync(path)
    for (let at = second; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = changed[at]! ^ 0x40
      writeFileSync(path, changed)
      expect(await namesOf()).toEqual(['a', 'b'])
    }
    expect(await readPart(path, second + 1)).toBeNull()
    expect(await readPart(path, 1e12)).toBeNull()
  })

  it('ends where its disk or what is allowed is full, and keeps what was written', async () => {
    let full = false
    const writer = writerWith(() => Promise.resolve(full ? 'disk_full' : null))
    writer.add(lineOf('a'))
    clock.advance(500)
    await expect.poll(() => writer.bytes, { interval: 2 }).toBeGreaterThan(0)
    full = true
    writer.add(lineOf('b'))
    clock.advance(500)
    await expect.poll(() => failures, { interval: 2 }).toEqual(['disk_full'])
    writer.add(lineOf('c'))
    await writer.close()
    expect([await namesOf(), failures]).toEqual([['a'], ['disk_full']])
  })

  it('ends where its file cannot be written', async () => {
    writeFileSync(path, '')
    const writer = writerWith()
    writer.add(lineOf('a'))
    await writer.close()
    expect(failures).toEqual(['broken'])
  })

  it('ends where its disk is slower than what happens, and holds no more than a bound', async () => {
    const asked = Promise.withResolvers<() => void>()
    const writer = writerWith(() => new Promise((resolve) => asked.resolve(() => resolve(null))))
    const line = Buffer.alloc(1024 * 1024 - 1, 0x20)
    for (let bytes = 0; bytes < mostWaitingBytes; bytes += line.length + 1) writer.add(line)
    expect(failures).toEqual([])
    writer.add(line)
    writer.add(line)
    expect(failures).toEqual(['too_slow'])
    const goOn = await asked.promise
    goOn()
    await writer.close()
  })
})
