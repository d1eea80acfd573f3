// @ts-check
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureNode, findNode } from './ensure-node.mjs'
import { ensureNodeRed, nodeRedIsReady } from './ensure-node-red.mjs'
import { ensureOpa } from './ensure-opa.mjs'
import { ensurePackages, packagesAreReady } from './ensure-packages.mjs'
import { ensurePages, pagesAreReady } from './ensure-pages.mjs'
import { ensureProgram, PROGRAMS } from './ensure-program.mjs'
import { holdLock } from './hold-lock.mjs'
import { runInOurPlace } from './run-program.mjs'
import { runTests, runVitest } from './run-tests.mjs'
import { say } from './say.mjs'
import { SetupProblem } from './setup-problem.mjs'

/**
 * @typedef {'pages' | 'opa' | 'programs' | 'node-red' | 'tools'} Need
 * @typedef {{ root: string, node: string, env: NodeJS.ProcessEnv, args: readonly string[] }} Ready
 * @typedef {{ needs: (args: readonly string[]) => readonly Need[], run: (ready: Ready) => Promise<number> }} Task
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const OURS = ['--disable-warning=ExperimentalWarning']

/**
 * @param {string} entry
 * @param {readonly string[]} before
 */
const start =
  (entry, ...before) =>
  (/** @type {Ready} */ { root, node, env, args }) =>
    runInOurPlace(node, [...OURS, join(root, entry), ...before, ...args], { env, tied: true })

/** Packages and Node are for everybody; the rest only for who needs it. @type {Record<string, Task>} */
const TASKS = {
  demo: { needs: () => ['pages'], run: start('gateway/main.ts', 'demo') },
  sallyport: { needs: needsOfCommand, run: start('gateway/main.ts') },
  test: { needs: () => ['pages', 'opa', 'programs', 'node-red'], run: runTests },
  'test:long': {
    needs: () => ['pages', 'opa', 'programs', 'tools'],
    run: (ready) => runVitest({ ...ready, config: 'test/vitest.long.config.ts' }),
  },
  bench: { needs: () => ['pages'], run: start('test/bench/run.ts') },
  fuzz: { needs: () => [], run: start('test/attacks/fuzz/fuzz-entry.ts') },
  sbom: { needs: () => [], run: start('deploy/release/sbom-entry.ts') },
  'agent:build': { needs: () => ['pages'], run: start('deploy/agent/build-agent-entry.ts') },
  'agent:sign': { needs: () => [], run: start('deploy/agent/sign-update-entry.ts') },
  release: { needs: () => ['pages'], run: start('deploy/release/build-release.ts') },
}

/**
 * @param {readonly string[]} args
 * @returns {readonly Need[]}
 */
function needsOfCommand(args) {
  const command = args.find((arg) => !arg.startsWith('-'))
  if (command === 'policy') return ['opa']
  return ['demo', 'init', 'serve'].includes(command ?? '') ? ['pages'] : []
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 */
async function runTask(name, args) {
  const task = TASKS[name]
  if (task === undefined) throw new SetupProblem(`There is no task "${name}": choose one of ${Object.keys(TASKS).join(', ')}.`)
  const needs = task.needs(args)
  const lock = join(ROOT, '.cache/setup.lock')
  if (!packagesAreReady(ROOT)) await holdLock(lock, () => ensurePackages(ROOT))
  const where = { root: ROOT, mayUsePackages: true }
  const node = (await findNode(where)) ?? (await holdLock(lock, () => ensureNode(where)))
  if (needs.includes('pages') && !pagesAreReady(ROOT)) await holdLock(lock, () => ensurePages({ root: ROOT, node }))
  if (needs.includes('node-red') && !nodeRedIsReady(ROOT)) await holdLock(lock, () => ensureNodeRed({ root: ROOT, node }))
  const opa = needs.includes('opa') ? await holdLock(lock, () => ensureOpa(ROOT)) : undefined
  const chromium = needs.includes('programs') ? await holdLock(lock, ensurePrograms) : undefined
  const tools = needs.includes('tools') ? await holdLock(lock, ensureTools) : []
  return task.run({ root: ROOT, node, env: environment({ node, opa, chromium, tools }), args })
}

/** @returns {Promise<string>} path of Chromium; the others are called by their names */
async function ensurePrograms() {
  await ensureProgram(PROGRAMS.curl)
  await ensureProgram(PROGRAMS.openssl)
  return ensureProgram(PROGRAMS.chromium)
}

/** @returns {Promise<string[]>} paths of the native tools, servers, proxies and shells that the long tests need */
async function ensureTools() {
  const { ssh, sshd, psql, postgres, mitmdump, squid, nginx, haproxy, caddy, zsh, fish } = PROGRAMS
  const found = []
  for (const program of [ssh, sshd, psql, postgres, mitmdump, squid, nginx, haproxy, caddy, zsh, fish])
    found.push(await ensureProgram(program))
  return found
}

/** @param {{ node: string, opa: string | undefined, chromium: string | undefined, tools: readonly string[] }} found */
function environment({ node, opa, chromium, tools }) {
  const folders = [...new Set(tools.map((tool) => dirname(tool)))]
  const path = [dirname(node), join(ROOT, 'node_modules/.bin'), process.env['PATH'] ?? '', ...folders].join(delimiter)
  return {
    ...process.env,
    PATH: path,
    ...(opa === undefined ? {} : { SALLYPORT_OPA: opa }),
    ...(chromium === undefined ? {} : { SALLYPORT_CHROMIUM: chromium }),
  }
}

try {
  const [name = '', ...args] = process.argv.slice(2)
  process.exitCode = await runTask(name, args)
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error
  if (error.output.trim() !== '') process.stderr.write(`${error.output.trim()}\n`)
  say(error.message)
  process.exitCode = 1
}
