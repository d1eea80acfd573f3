// @ts-check
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Fetches a program, and keeps it only when its bytes have the SHA-256 that was known before.
 * @param {{ url: string, sha256: string, target: string, fetch?: typeof globalThis.fetch }} options
 * @returns {Promise<string | undefined>} what went wrong, or undefined
 */
export async function fetchChecked({ url, sha256, target, fetch = globalThis.fetch }) {
  const answer = await fetch(url).catch((/** @type {Error} */ error) => error)
  if (answer instanceof Error) return `${url} cannot be reached (${answer.message})`
  if (!answer.ok) return `${url} answered ${answer.status}`
  const bytes = Buffer.from(await answer.arrayBuffer())
  const got = createHash('sha256').update(bytes).digest('hex')
  if (got !== sha256) return `${url} has the SHA-256 ${got}, not the pinned ${sha256}`
  const beside = `${target}.${process.pid}`
  mkdirSync(dirname(target), { recursive: true })
  try {
    writeFileSync(beside, bytes)
    chmodSync(beside, 0o755)
    renameSync(beside, target)
  } finally {
    rmSync(beside, { force: true })
  }
  return undefined
}
