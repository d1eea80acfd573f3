// @ts-check
import { dirname, delimiter, basename } from 'node:path'
import { findPrograms } from './find-program.mjs'
import { runQuietly } from './run-program.mjs'
import { SetupProblem } from './setup-problem.mjs'

/** What `npm run` puts into its scripts' environment and what would lead another npm astray. */
const OF_THE_OUTER_NPM =
  /^npm_(lifecycle_|package_|command$|config_(local_prefix|loglevel|json|silent|dry_run|omit|include|ignore_scripts)$)/u

/**
 * Runs npm with the given Node (its folder first on the path) and without the traces of an npm around us.
 * @param {{ node: string, cwd: string, args: readonly string[] }} options
 */
export function runNpm({ node, cwd, args }) {
  const kept = Object.entries(process.env).filter(([name]) => !OF_THE_OUTER_NPM.test(name))
  const env = { ...Object.fromEntries(kept), PATH: [dirname(node), process.env['PATH'] ?? ''].join(delimiter) }
  const { program, before } = findNpm(node)
  return runQuietly(program, [...before, ...args, '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'], { cwd, env })
}

/** @param {string} node */
function findNpm(node) {
  const outer = process.env['npm_execpath'] ?? ''
  if (basename(outer) === 'npm-cli.js') return { program: node, before: [outer] }
  const [npm] = findPrograms(['npm'])
  if (npm === undefined) throw new SetupProblem('npm is not on the path: install npm 10 or newer (it comes with Node.js) and start again.')
  return { program: npm, before: [] }
}

/**
 * The first lines that npm prints of an error, in one piece for a sentence.
 * @param {string} output
 */
export function npmReason(output) {
  const lines = output.split('\n').flatMap((line) => /^npm (?:error|ERR!) (?!A complete log)(.+)$/u.exec(line)?.[1] ?? [])
  return lines.slice(0, 3).join(', ') || output.trim().split('\n').slice(-1).join('') || 'nothing'
}
