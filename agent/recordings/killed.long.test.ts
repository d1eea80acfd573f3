import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cutTornTail, readPart } from './read-recording.ts'

const roomOf = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href)
/** Writes a line each few milliseconds, and says which it has added. */
const program = (path: string): string => `
  const { createRecordingWriter } = await import(${roomOf('./recording-writer.ts')})
  const { systemClock } = await import(${roomOf('../basics/clock.ts')})
  const writer = createRecordingWriter({ path: ${JSON.stringify(path)}, clock: systemClock, mayWrite: async () => null, onFailure: (why) => console.error(why) })
  for (let n = 0; ; n += 1) {
    writer.add(Buffer.from(JSON.stringify({ n, at: Date.now(), filling: 'x'.repeat(n % 5000) })))
    process.stdout.write(n + '\\n')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }`

it('a recording whose process is killed at any moment is read up to a second before, without a gap', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'))
  for (let round = 0; round < 12; round += 1) {
    const path = join(folder, `${round}`)
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(path)], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await new Promise((resolve) => setTimeout(resolve, 1_300 + 137 * round))
    const killedAt = Date.now()
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    const left = await cutTornTail(path)
    expect(statSync(path).size).toBe(left)
    const read: { readonly n: number; readonly at: number }[] = []
    for (let next: number | null = 0; next !== null;) {
      const part = await readPart(path, next)
      read.push(...(part?.lines ?? []).map((line) => JSON.parse(line.toString()) as { n: number; at: number }))
      next = part?.next ?? null
    }
    expect(read.map(({ n }) => n)).toEqual(read.map((_, n) => n))
    // Half a second until it is written, and what writing takes on a busy machine.
    expect(killedAt - (read.at(-1)?.at ?? 0)).toBeLessThan(1_000)
  }
  rmSync(folder, { recursive: true })
}, 60_000)
