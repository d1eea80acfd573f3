import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { checkPolicy, testPolicy, type PolicyCheck } from '../policies-admin/check-policy.ts'
import { findOpa } from '../policies-admin/find-opa.ts'

/** Checks and tests policies offline; needs the compiler `opa`. */
export function policyCommand(): Command {
  const command = new Command('policy').description('check and test policies')
  const judge = (name: string, description: string, run: typeof checkPolicy): void => {
    command
      .command(name)
      .description(description)
      .argument('[dir]', 'folder of the policy', 'policies')
      .option('--json', 'one line of JSON on stdout', false)
      .action(async (dir: string, options: { json: boolean }) => {
        const projectDir = fileURLToPath(new URL('../..', import.meta.url))
        const opa = findOpa({ environment: process.env, projectDir })
        const outcome = await run({ dir: resolve(dir), opa, contractDir: resolve(projectDir, 'policies') })
        process.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : told(outcome))
        process.exitCode = outcome.ok ? 0 : 1
      })
  }
  judge('check', 'schema, built-ins, tests and compilation', checkPolicy)
  judge('test', 'the Rego tests alone', testPolicy)
  return command
}

const told = (outcome: PolicyCheck): string =>
  [
    ...outcome.steps.map((step) => `${step.ok ? 'ok    ' : 'FAILED'} ${step.name}\n${step.output.replaceAll(/^/gm, '         ')}`),
    `revision ${outcome.revision}`,
    '',
  ].join('\n')
