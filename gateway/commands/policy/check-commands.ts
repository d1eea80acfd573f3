import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { systemClock } from '../../basics/clock.ts'
import { analysePolicy } from '../../policies-admin/analysis/analyse-policy.ts'
import type { Finding } from '../../policies-admin/analysis/finding.ts'
import { createOutlines } from '../../policies-admin/analysis/outline-modules.ts'
import { compilerTimeLimitMs } from '../../policies-admin/analysis/policy-tools.ts'
import { checkPolicy, testPolicy, type PolicyCheck } from '../../policies-admin/check-policy.ts'
import { findOpa } from '../../policies-admin/find-opa.ts'
import { policySources } from '../../policies-admin/policy-files.ts'
import { toldSteps } from './told-steps.ts'

const projectDir = fileURLToPath(new URL('../../..', import.meta.url))
const contractDir = resolve(projectDir, 'policies')

/** Offline; needs the compiler `opa`. */
export const checkCommand = (): Command =>
  new Command('check')
    .description('schema, built-ins, data, lints, tests and compilation; nothing leaves this computer')
    .argument('[dir]', 'folder of the policy', 'policies')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (given: string, { json }: { json: boolean }) => {
      const [dir, opa] = [resolve(given), opaHere()]
      const check = await checkPolicy({ dir, opa, contractDir })
      const findings = await findingsIn(dir, opa)
      const ok = check.ok && findings.every(({ severity }) => severity !== 'error')
      if (json) tell({ schemaVersion: 1, ...check, ok, findings })
      else process.stdout.write(toldSteps({ ...check, ok, steps: [...check.steps, lintStep(findings)] }))
      process.exitCode = ok ? 0 : 1
    })

export const testCommand = (): Command =>
  new Command('test')
    .description('the Rego tests alone')
    .argument('[dir]', 'folder of the policy', 'policies')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (dir: string, { json }: { json: boolean }) => {
      const check = await testPolicy({ dir: resolve(dir), opa: opaHere(), contractDir })
      if (json) tell({ schemaVersion: 1, ...check })
      else process.stdout.write(toldSteps(check))
      process.exitCode = check.ok ? 0 : 1
    })

const opaHere = (): string => findOpa({ environment: process.env, projectDir })
const tell = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`)

/** Of the data and of our own lints; what the compiler says stands in the steps. */
async function findingsIn(dir: string, opa: string): Promise<readonly Finding[]> {
  const compiler = { opa, contractDir, timeLimitMs: compilerTimeLimitMs }
  const sources = policySources(dir)
  const parts = new Set(['check', 'lint'] as const)
  const { findings } = await analysePolicy({ compiler, outlines: createOutlines(compiler), clock: systemClock, sources, parts })
  return findings.filter(({ code }) => !code.startsWith('rego_'))
}

const lintStep = (findings: readonly Finding[]): PolicyCheck['steps'][number] => ({
  name: 'lint',
  ok: findings.every(({ severity }) => severity !== 'error'),
  output: findings
    .map(({ path, line, column, severity, code, message }) => `${path}:${line}:${column}: ${severity} ${code}: ${message}`)
    .join('\n'),
})
