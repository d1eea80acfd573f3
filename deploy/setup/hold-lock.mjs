// @ts-check
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { say } from './say.mjs'

const HEARTBEAT_MS = 2_000
const STALE_AFTER_MS = 30_000
const LOOK_AGAIN_MS = 200

/**
 * Runs `work` while this process alone holds the lock file. A lock whose holder is gone (its process does not live, or
 * it has not touched the file for half a minute) is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function holdLock(file, work) {
  mkdirSync(dirname(file), { recursive: true })
  let told = false
  while (!take(file)) {
    if (clearIfStale(file)) continue
    if (!told) say('another set-up is at work in this folder; waiting for it')
    told = true
    await delay(LOOK_AGAIN_MS)
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS)
  const release = () => rmSync(file, { force: true })
  process.on('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    process.off('exit', release)
    release()
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** @param {string} file */
function clearIfStale(file) {
  const holder = readHolder(file)
  if (holder === undefined) return true
  if (holder.ageMs < STALE_AFTER_MS && lives(holder.pid)) return false
  const aside = `${file}.stale-${process.pid}`
  try {
    // One of several that find the same dead lock wins the rename; the others look again.
    renameSync(file, aside)
    rmSync(aside, { force: true })
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  return true
}

/** @param {string} file */
function readHolder(file) {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
    return { pid, ageMs: Date.now() - statSync(file).mtimeMs }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** @param {number} pid */
function lives(pid) {
  // Between creating the file and writing the number into it there is nothing to read yet.
  if (!Number.isInteger(pid)) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** @param {string} file */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date())
  } catch {
    // Somebody took the folder away: the work itself will say so.
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
