import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { systemClock } from '../../basics/clock.ts'
import { analysePolicy } from '../../policies-admin/analysis/analyse-policy.ts'
import type { Finding } from '../../policies-admin/analysis/finding.ts'
import { createOutlines } from '../../policies-admin/analysis/outline-modules.ts'
import { judgeSize } from '../../policies-admin/analysis/policy-limits.ts'
import { compilerTimeLimitMs } from '../../policies-admin/analysis/policy-tools.ts'
import { checkPolicy, testPolicy, type PolicyCheck } from '../../policies-admin/check-policy.ts'
import { findOpa } from '../../policies-admin/find-opa.ts'
import { policySources, revisionOf, type PolicySources } from '../../policies-admin/policy-files.ts'
import { tellJson } from './tell-policy.ts'
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
      const sources = policySources(dir)
      const size = judgeSize(sources)
      // What is too large is given to no compiler.
      const check = size.length > 0 ? { ok: false, revision: revisionOf(sources), steps: [] } : await checkPolicy({ dir, opa, contractDir })
      const findings = size.length > 0 ? size : await findingsIn(sources, opa)
      const steps = [...check.steps, lintStep(findings.filter(({ code }) => !code.startsWith('rego_')))]
      const ok = steps.every((step) => step.ok) && findings.every(({ severity }) => severity !== 'error')
      if (json) tellJson({ ...check, ok, steps, findings }, ok ? 0 : 1)
      else process.stdout.write(toldSteps({ ...check, ok, steps }))
      process.exitCode = ok ? 0 : 1
    })

export const testCommand = (): Command =>
  new Command('test')
    .description('the Rego tests alone')
    .argument('[dir]', 'folder of the policy', 'policies')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (dir: string, { json }: { json: boolean }) => {
      const check = await testPolicy({ dir: resolve(dir), opa: opaHere(), contractDir })
      if (json) tellJson(check, check.ok ? 0 : 1)
      else process.stdout.write(toldSteps(check))
      process.exitCode = check.ok ? 0 : 1
    })

const opaHere = (): string => findOpa({ environment: process.env, projectDir })

/** What the compiler says, with its place, of the data, and of our own lints. */
async function findingsIn(sources: PolicySources, opa: string): Promise<readonly Finding[]> {
  const compiler = { opa, contractDir, timeLimitMs: compilerTimeLimitMs }
  const parts = new Set(['check', 'lint'] as const)
  return (await analysePolicy({ compiler, outlines: createOutlines(compiler), clock: systemClock, sources, parts })).findings
}

const lintStep = (findings: readonly Finding[]): PolicyCheck['steps'][number] => ({
  name: 'lint',
  ok: findings.every(({ severity }) => severity !== 'error'),
  output: findings
    .map(({ path, line, column, severity, code, message }) => `${path}:${line}:${column}: ${severity} ${code}: ${message}`)
    .join('\n'),
})
