import { resolve } from 'node:path'
import { Command } from 'commander'
import type { RevisionSummary } from '../../http-api/contract/policy-revisions.ts'
import { checkSources } from '../../policies-admin/check-sources.ts'
import { policySources } from '../../policies-admin/policy-files.ts'
import { activeNow, policyApi } from './policy-api.ts'
import { tellJson } from './tell-policy.ts'

/** Exit code 1 also where it was kept and cannot be activated, because tests fail. */
export const submitCommand = (): Command =>
  new Command('submit')
    .description('make a revision of a folder, which somebody else reviews in the portal')
    .argument('[dir]', 'folder of the policy', 'policies')
    .requiredOption('-m, --comment <text>', 'what changed and why, for the reviewer')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (dir: string, { comment, json }: { comment: string; json: boolean }) => {
      const sources = policySources(resolve(dir))
      checkSources(sources)
      const api = await policyApi()
      const parent = await activeNow(api)
      const made = await api.post<RevisionSummary>('/api/v1/policy/revisions', { sources, comment, ...(parent === null ? {} : { parent }) })
      const exitCode = made.tests.failed === 0 ? 0 : 1
      if (json) tellJson({ revision: made }, exitCode)
      else process.stdout.write(told(made))
      process.exitCode = exitCode
    })

const told = ({ revision, tests, coverage_percent: coverage, state }: RevisionSummary): string =>
  `${revision}\n${state}; ${tests.passed} tests pass, ${tests.failed} fail, ${coverage} % of the decision rules are reached\n`
