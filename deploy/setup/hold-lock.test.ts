import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { holdLock } from './hold-lock.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Another process that reads a number, waits, and writes it back one higher, under the lock. */
function countUp(lock: string, counter: string): Promise<number | null> {
  const code = `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { holdLock } from ${JSON.stringify(new URL('hold-lock.mjs', import.meta.url).href)}
    await holdLock(${JSON.stringify(lock)}, async () => {
      const before = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'))
      await new Promise((done) => setTimeout(done, 50))
      writeFileSync(${JSON.stringify(counter)}, String(before + 1))
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' })
  return new Promise((resolve) => child.on('close', resolve))
}

it('lets one process work at a time', async () => {
  const counter = join(folder, 'counter')
  writeFileSync(counter, '0')
  const codes = await Promise.all(Array.from({ length: 5 }, () => countUp(join(folder, 'lock'), counter)))
  expect(codes).toEqual([0, 0, 0, 0, 0])
  expect(readFileSync(counter, 'utf8')).toBe('5')
})

it('is taken over from a process that does not live any more', async () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  const lock = join(folder, 'lock')
  writeFileSync(lock, `${dead}\n`)
  expect(await holdLock(lock, async () => 'worked')).toBe('worked')
})

it('is taken over when its holder has not touched it for half a minute', async () => {
  const lock = join(folder, 'lock')
  writeFileSync(lock, `${process.pid}\n`)
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(lock, longAgo, longAgo)
  expect(await holdLock(lock, async () => 'worked')).toBe('worked')
})

it('is given back when the work fails', async () => {
  const lock = join(folder, 'lock')
  await expect(holdLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(existsSync(lock)).toBe(false)
})
