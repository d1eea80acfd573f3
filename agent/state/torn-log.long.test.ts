import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createRemoteStore } from './remote-store.ts'
import { openStateDatabase } from './state-database.ts'

/** SQLite's write-ahead log (sqlite.org/fileformat.html, section 4): a head of 32 bytes, then frames of 24 bytes and a page. */
const frameBytes = 24 + 4_096
const commits = 12

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-torn-log-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What lies on the disk when the power goes behind the last of some commits, each of which turned remote service once more. */
function logOfCommits(): { readonly file: Buffer; readonly log: Buffer } {
  const stateDir = join(folder, 'whole')
  const database = openStateDatabase(stateDir)
  const remote = createRemoteStore(database)
  for (let n = 1; n <= commits; n += 1) database.transaction(() => remote.set({ on: n % 2 === 1, by: 'Olga', atMs: n }))
  // Closing would write the log back.
  const [file, log] = [readFileSync(join(stateDir, 'agent.db')), readFileSync(join(stateDir, 'agent.db-wal'))]
  database.close()
  return { file, log }
}

let copies = 0
/** The number of the newest commit that an agent finds when it starts on that disk. */
function found(file: Buffer, log: Buffer): number {
  const stateDir = join(folder, `torn-${(copies += 1)}`)
  mkdirSync(stateDir)
  writeFileSync(join(stateDir, 'agent.db'), file)
  writeFileSync(join(stateDir, 'agent.db-wal'), log)
  const database = openStateDatabase(stateDir)
  try {
    const turned = createRemoteStore(database).get()
    if (turned !== null) expect(turned.on).toBe(turned.atMs % 2 === 1)
    return turned?.atMs ?? 0
  } finally {
    database.close()
  }
}

it('finds every commit that was there when the power went, and none in part, wherever the log was torn', () => {
  const { file, log } = logOfCommits()
  expect(found(file, log)).toBe(commits)
  let newest = commits
  for (let length = log.length; length >= 0; length -= Math.floor(frameBytes / 3)) {
    const torn = found(file, log.subarray(0, length))
    // Less log never brings back more, and what is whole in it is never left out.
    expect(torn).toBeLessThanOrEqual(newest)
    newest = torn
  }
  expect(newest).toBeLessThan(commits)
})

it('takes nothing of a log whose bytes were changed behind that place, nor of one that is not its own', () => {
  const { file, log } = logOfCommits()
  for (const at of [40, Math.floor(log.length / 2), log.length - 100]) {
    const changed = Buffer.from(log)
    changed.writeUInt8((changed.readUInt8(at) + 1) % 256, at)
    expect(found(file, changed)).toBeLessThan(commits)
  }
  expect(found(file, Buffer.alloc(log.length, 0x5a))).toBe(found(file, Buffer.alloc(0)))
  // What a copy without its log has is older, and whole.
  copyFileSync(join(folder, 'whole', 'agent.db'), join(folder, 'after'))
  expect(found(readFileSync(join(folder, 'after')), Buffer.alloc(0))).toBe(commits)
})
