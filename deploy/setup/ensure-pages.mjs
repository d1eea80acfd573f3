// @ts-check
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestFiles } from './digest-files.mjs'
import { runQuietly } from './run-program.mjs'
import { sayWhile } from './say.mjs'
import { SetupProblem } from './setup-problem.mjs'

/** Everything that the built pages are made of: their own room, and the types and plain data which they share with the others. */
const INPUTS = [
  'admin-ui',
  'agent/panel',
  'agent/wire',
  'gateway/http-api/contract',
  'gateway/proxy/bar',
  'gateway/decisions',
  'gateway/basics',
  'package-lock.json',
]

/** @param {string} root */
export function pagesAreReady(root) {
  const stamp = stampOf(root)
  return existsSync(stamp) && existsSync(join(root, 'dist/pages')) && readFileSync(stamp, 'utf8') === digestOfInputs(root)
}

/**
 * Builds the browser pages into `dist/pages` when what they are made of has changed. The caller holds the set-up's lock.
 * @param {{ root: string, node: string }} options
 */
export async function ensurePages({ root, node }) {
  if (pagesAreReady(root)) return
  const digest = digestOfInputs(root)
  rmSync(stampOf(root), { force: true })
  await sayWhile('building the pages', async () => {
    const args = ['node_modules/vite/bin/vite.js', 'build', '--config', 'admin-ui/vite.config.ts', '--logLevel', 'warn']
    const { code, output } = await runQuietly(node, args, { cwd: root })
    if (code !== 0) throw new SetupProblem('The pages in admin-ui/ could not be built: mend what Vite names above.', { output })
  })
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(stampOf(root), digest)
}

/** @param {string} root */
function stampOf(root) {
  return join(root, 'dist/pages.digest')
}

/** @param {string} root */
function digestOfInputs(root) {
  return digestFiles(root, INPUTS, (path) => !/\.test\.tsx?$|\.md$/u.test(path))
}
