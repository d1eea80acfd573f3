// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * One digest over the names and bytes of files. Folders count with all that is in them; what does not exist counts as absent.
 * @param {string} root
 * @param {readonly string[]} paths relative to `root`
 * @param {(path: string) => boolean} [counts] which files count
 */
export function digestFiles(root, paths, counts = () => true) {
  const hash = createHash('sha256')
  for (const path of paths
    .flatMap((each) => listFiles(root, each))
    .filter(counts)
    .toSorted()) {
    const bytes = readFileSync(join(root, path))
    hash.update(`${path}\n${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {string[]}
 */
export function listFiles(root, path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [path]
  return readdirSync(full)
    .filter((name) => name !== 'node_modules')
    .flatMap((name) => listFiles(root, `${path}/${name}`))
}
