// @ts-check
import { copyFileSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installFromDebian } from './install-from-debian.mjs'
import { npmReason, runNpm } from './run-npm.mjs'
import { runQuietly } from './run-program.mjs'
import { sayWhile } from './say.mjs'
import { SetupProblem } from './setup-problem.mjs'

/**
 * The Node that the project is pinned to, where it is there: the one among the packages, or the one in the project's cache.
 * @param {{ root: string, mayUsePackages: boolean }} options `mayUsePackages` is false where the packages are about to be replaced
 * @returns {Promise<string | undefined>} path of the program
 */
export async function findNode({ root, mayUsePackages }) {
  const version = pinnedNode(root)
  for (const candidate of [...(mayUsePackages ? [join(root, 'node_modules/node/bin/node')] : []), cachedNode(root, version)]) {
    if ((await versionOf(candidate)) === version) return candidate
  }
  return undefined
}

/**
 * As `findNode`, and fetches it into the project's cache where it is not there. The caller holds the set-up's lock.
 * @param {{ root: string, mayUsePackages: boolean }} options
 * @returns {Promise<string>} path of the program
 */
export async function ensureNode(options) {
  const found = await findNode(options)
  if (found !== undefined) return found
  const version = pinnedNode(options.root)
  await sayWhile(`fetching Node ${version} (npm package "node")`, () => installIntoCache(options.root, version))
  return cachedNode(options.root, version)
}

/**
 * @param {string} root
 * @param {string} version
 */
function cachedNode(root, version) {
  return join(root, '.cache/node', version, 'bin/node')
}

/** @param {string} root */
function pinnedNode(root) {
  return String(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies.node)
}

/** @param {string} node */
async function versionOf(node) {
  const { code, output } = await runQuietly(node, ['--version'])
  if (code === 0) return output.trim().replace(/^v/u, '')
  if (!output.includes('libatomic.so.1')) return undefined
  if (await installFromDebian('libatomic1')) return versionOf(node)
  throw new SetupProblem(
    'Node from npm needs the library libatomic.so.1: install it (on Debian: apt-get install libatomic1) and start again.',
  )
}

/**
 * @param {string} root
 * @param {string} version
 */
async function installIntoCache(root, version) {
  const folder = join(root, '.cache/node', version)
  const work = join(root, '.cache/node', `.${version}-${process.pid}`)
  rmSync(work, { recursive: true, force: true })
  mkdirSync(join(work, 'bin'), { recursive: true })
  // The package's install script fetches the binary of this platform; npm 12 runs only scripts that are allowed by name.
  writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }))
  try {
    const args = ['install', '--no-save', '--no-package-lock', '--ignore-scripts=false', `node@${version}`]
    const { output } = await runNpm({ node: process.execPath, cwd: work, args })
    linkOrCopy(join(work, 'node_modules/node/bin/node'), join(work, 'bin/node'), output)
    rmSync(join(work, 'node_modules'), { recursive: true, force: true })
    const got = await versionOf(join(work, 'bin/node'))
    if (got !== version)
      throw new SetupProblem(
        `npm gave Node ${got ?? 'that does not start'} instead of ${version}: check the package "node" in your registry.`,
      )
    rmSync(folder, { recursive: true, force: true })
    renameSync(work, folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @param {string} output
 */
function linkOrCopy(from, to, output) {
  try {
    linkSync(from, to)
  } catch {
    try {
      copyFileSync(from, to)
    } catch (cause) {
      throw new SetupProblem(
        `Node could not be fetched (npm: ${npmReason(output)}): mend that ("npm ping" shows whether the registry is reachable) and start again.`,
        { cause },
      )
    }
  }
}
