// @ts-check
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestFiles } from './digest-files.mjs'
import { npmReason, runNpm } from './run-npm.mjs'
import { sayWhile } from './say.mjs'
import { SetupProblem } from './setup-problem.mjs'

const PACKAGE = 'test/machines/node-red'
const FILES = ['package.json', 'package-lock.json']

/**
 * Where the tests' Node-RED is installed, whether it is there or not.
 * @param {string} root
 */
export function nodeRedFolder(root) {
  return join(root, '.cache/machines/node-red')
}

/** @param {string} root */
export function nodeRedIsReady(root) {
  const stamp = stampOf(root)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOfPackage(root)
}

/**
 * Installs Node-RED as its own lock file says. No install script runs: nothing that the tests use needs one. The caller holds the set-up's lock.
 * @param {{ root: string, node: string, npm?: typeof runNpm }} options
 */
export async function ensureNodeRed({ root, node, npm = runNpm }) {
  if (nodeRedIsReady(root)) return
  const folder = nodeRedFolder(root)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const file of FILES) copyFileSync(join(root, PACKAGE, file), join(folder, file))
  await sayWhile('installing Node-RED for the tests (npm ci, about 120 MB, once)', async () => {
    const { code, output } = await npm({ node, cwd: folder, args: ['ci', '--include=optional', '--ignore-scripts'] })
    if (code !== 0)
      throw new SetupProblem(
        `The tests need Node-RED, which could not be installed (npm: ${npmReason(output)}): mend that ("npm ping" shows whether the registry is reachable) and start again.`,
      )
  })
  writeFileSync(stampOf(root), digestOfPackage(root))
}

/** @param {string} root */
function stampOf(root) {
  return join(nodeRedFolder(root), 'installed.digest')
}

/** @param {string} root */
function digestOfPackage(root) {
  return digestFiles(join(root, PACKAGE), FILES)
}
