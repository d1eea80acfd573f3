// @ts-check
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { auditPackages } from './audit-packages.mjs'
import { runInOurPlace } from './run-program.mjs'
import { say } from './say.mjs'

const RESULTS = 'test/results/vitest.json'

/** What `npm test` runs before the tests, cheapest first. */
const CHECKS = [
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'] },
  { name: 'types of the pages', args: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'admin-ui/tsconfig.json'] },
  { name: 'lint', args: ['node_modules/oxlint/bin/oxlint'] },
  { name: 'format', args: ['node_modules/oxfmt/bin/oxfmt', '--check'] },
  { name: 'unused code', args: ['node_modules/knip/bin/knip.js', '--no-config-hints'] },
]

/**
 * Runs the checks and then the tests, stops at the first step that fails, and ends with the line `N passed, N failed`.
 * @param {{ root: string, node: string, env: NodeJS.ProcessEnv, args: readonly string[] }} options `args` go to vitest
 * @returns {Promise<number>} exit code
 */
export async function runTests({ root, node, env, args }) {
  for (const check of CHECKS) {
    const code = await timed(check.name, () => runInOurPlace(node, check.args, { cwd: root, env }))
    if (code !== 0) return stoppedAt(check.name, code)
  }
  const code = await timed('known vulnerabilities', () => auditPackages({ root, node }))
  if (code !== 0) return stoppedAt('known vulnerabilities', code)
  return runVitest({ root, node, env, args, config: 'test/vitest.config.ts' })
}

/**
 * @param {{ root: string, node: string, env: NodeJS.ProcessEnv, args: readonly string[], config: string }} options
 * @returns {Promise<number>} exit code
 */
export async function runVitest({ root, node, env, args, config }) {
  const results = join(root, RESULTS)
  rmSync(results, { force: true })
  mkdirSync(join(root, 'test/results'), { recursive: true })
  // The tests start hundreds of processes of the same programs: each but the first finds its code compiled.
  const compiled = join(root, '.cache/compiled')
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', config, '--reporter=default', '--reporter=json']
  const code = await timed('tests', () => {
    return runInOurPlace(node, [...vitest, `--outputFile.json=${RESULTS}`, ...args], {
      cwd: root,
      env: { ...env, NODE_COMPILE_CACHE: compiled },
    })
  })
  const counts = countTests(results)
  if (counts === undefined) return stoppedAt('tests', code)
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)
  return code === 0 && (counts.failed > 0 || counts.passed === 0) ? 1 : code
}

/**
 * A file that could not even be loaded has no tests: it counts as one that failed.
 * @param {string} file vitest's results
 * @returns {{ passed: number, failed: number } | undefined}
 */
export function countTests(file) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'))
    const broken = testResults.filter((/** @type {any} */ suite) => {
      return suite.status === 'failed' && !suite.assertionResults.some((/** @type {any} */ test) => test.status === 'failed')
    })
    return { passed: numPassedTests, failed: numFailedTests + broken.length }
  } catch {
    return undefined
  }
}

/**
 * @param {string} name
 * @param {() => Promise<number>} work
 */
async function timed(name, work) {
  const startedAt = performance.now()
  const code = await work()
  say(`${code === 0 ? 'passed' : 'FAILED'}: ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  return code
}

/**
 * @param {string} name
 * @param {number} code
 */
function stoppedAt(name, code) {
  say(`stopped at "${name}": mend what it names above; what comes after it did not run.`)
  return code === 0 ? 1 : code
}
