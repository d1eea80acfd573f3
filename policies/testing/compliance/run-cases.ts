import { policyBuiltins } from '../../../gateway/policies-admin/policy-builtins.ts'
import { runOpa } from '../../../gateway/policies-admin/run-opa.ts'
import { projectOpa } from '../../project-opa.ts'
import type { ComplianceCase } from './compliance-case.ts'
import { runCase, type CaseOutcome } from './run-case.ts'

const atOnce = 2

/** Every case by our engine, in the order of the cases. */
export async function runCases(cases: readonly ComplianceCase[]): Promise<readonly CaseOutcome[]> {
  const opa = projectOpa()
  const { stdout } = await runOpa({ opa, args: ['capabilities', '--current'], cwd: '/', timeLimitMs: 10_000 })
  const current = JSON.parse(stdout) as { readonly builtins: readonly { readonly name: string }[] }
  const runner = { opa, builtins: new Set(current.builtins.map(({ name }) => name)), listed: new Set<string>(policyBuiltins) }
  const outcomes: CaseOutcome[] = []
  let next = 0
  const take = async (): Promise<void> => {
    while (next < cases.length) {
      const at = next
      next += 1
      outcomes[at] = await runCase(cases[at] as ComplianceCase, runner)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, take))
  return outcomes
}
