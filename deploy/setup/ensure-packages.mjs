// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureNode } from './ensure-node.mjs'
import { packagesMatch } from './packages-match.mjs'
import { npmReason, runNpm } from './run-npm.mjs'
import { sayWhile } from './say.mjs'
import { SetupProblem } from './setup-problem.mjs'

/**
 * Whether `node_modules` is what the lock file demands. A stamp with the lock file's digest makes the second look quick;
 * npm writes its own record last, so an installation that was interrupted has neither.
 * @param {string} root
 */
export function packagesAreReady(root) {
  const digest = digestOfLock(root)
  const stamp = stampOf(root)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return true
  const record = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(record) || !packagesMatch(readJson(join(root, 'package-lock.json')), readJson(record))) return false
  writeFileSync(stamp, digest)
  return true
}

/**
 * Installs exactly what the lock file says, under the pinned Node: under another one npm would judge `engines` by that.
 * The caller holds the set-up's lock.
 * @param {string} root
 */
export async function ensurePackages(root) {
  if (packagesAreReady(root)) return
  const node = await ensureNode({ root, mayUsePackages: false })
  rmSync(stampOf(root), { force: true })
  await sayWhile('installing the packages of the lock file (npm ci)', async () => {
    const args = ['ci', '--include=dev', '--include=optional', '--ignore-scripts=false']
    const { code, output } = await runNpm({ node, cwd: root, args })
    if (code !== 0)
      throw new SetupProblem(
        `The packages could not be installed (npm: ${npmReason(output)}): mend that ("npm ping" shows whether the registry is reachable) and start again.`,
      )
  })
  writeFileSync(stampOf(root), digestOfLock(root))
}

/** @param {string} root */
function stampOf(root) {
  return join(root, 'node_modules/.sallyport-lock-digest')
}

/** @param {string} root */
function digestOfLock(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // A record cut off in the middle is no record.
    return {}
  }
}
