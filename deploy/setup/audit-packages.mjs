// @ts-check
import { join } from 'node:path'
import { runNpm } from './run-npm.mjs'
import { say } from './say.mjs'

/** Folders with a lock file: the programs, and Node-RED, which only tests start. */
const LOCKED = ['', 'test/machines/node-red']

/**
 * Asks the registry for known vulnerabilities of every package of our lock files.
 * @param {{ root: string, node: string }} options
 * @returns {Promise<number>} exit code: 1 with findings; a registry that does not answer audits is said and fails nothing
 */
export async function auditPackages({ root, node }) {
  let code = 0
  for (const folder of LOCKED) {
    const verdict = await auditOf({ node, cwd: join(root, folder) })
    const where = join(folder, 'package-lock.json')
    if (verdict.kind === 'findings') code = 1
    if (verdict.kind === 'unanswered') say(`NOT CHECKED: ${where} for known vulnerabilities, the registry gave no answer (${verdict.why})`)
    for (const finding of verdict.kind === 'findings' ? verdict.findings : []) say(`${where}: ${finding}`)
  }
  return code
}

/**
 * @typedef {{ kind: 'clean' } | { kind: 'findings', findings: string[] } | { kind: 'unanswered', why: string }} Verdict
 * @param {{ node: string, cwd: string, more?: readonly string[] }} options `more` goes to npm
 * @returns {Promise<Verdict>}
 */
export async function auditOf({ node, cwd, more = [] }) {
  const patience = ['--fetch-retries=0', '--fetch-timeout=20000']
  const { output } = await runNpm({ node, cwd, args: ['audit', '--json', '--package-lock-only', ...patience, ...more] })
  return verdictOf(output)
}

/**
 * npm ends with 1 for findings and for a registry that does not answer alike: its words decide.
 * @param {string} output
 * @returns {Verdict}
 */
function verdictOf(output) {
  const answer = readJson(/^\{.*^\}/msu.exec(output)?.[0] ?? '')
  const found = answer?.auditReportVersion === 2 ? answer.vulnerabilities : undefined
  if (typeof found !== 'object' || found === null)
    return { kind: 'unanswered', why: String(answer?.message ?? output).split('\n')[0] || 'nothing' }
  const findings = Object.values(found).map(({ name, severity, via }) => `${name}: ${severity} ${urlsOf(via)}`)
  return findings.length === 0 ? { kind: 'clean' } : { kind: 'findings', findings }
}

/** @param {readonly any[]} via */
const urlsOf = (via) => via.flatMap((one) => (typeof one === 'object' ? [one.url] : [`through ${one}`])).join(' ')

/**
 * @param {string} text
 * @returns {any}
 */
function readJson(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
