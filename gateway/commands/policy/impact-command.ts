import { Command } from 'commander'
import type { Impact } from '../../http-api/contract/policy-ask.ts'
import { printable } from '../printable.ts'
import { policyApi, revisionFrom } from './policy-api.ts'
import { tellJson } from './tell-policy.ts'

/** Exit code 1 where a session would end, or something that was allowed would be denied: for a pipeline to stop at. */
export const impactCommand = (): Command =>
  new Command('impact')
    .description('what activating a revision would do now: which sessions would end, what of the last day would be denied')
    .argument('[revision]', 'a revision, or the folder it was submitted from', 'policies')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (given: string, { json }: { json: boolean }) => {
      const revision = revisionFrom(given)
      const impact = await (await policyApi()).post<Impact>('/api/v1/policy/impact', { target: { revision } })
      const exitCode = impact.sessions.length === 0 && impact.decisions_last_day.would_be_denied === 0 ? 0 : 1
      if (json) tellJson({ impact }, exitCode)
      else process.stdout.write(told(impact))
      process.exitCode = exitCode
    })

const told = ({ sessions, limits_changed: limits, decisions_last_day: day }: Impact): string =>
  [
    `${sessions.length} open sessions would end${sessions.length === 0 ? '' : ':'}`,
    ...sessions.map(({ person, machine, codes }) => `  ${printable(person.name)} at ${printable(machine.name)}: ${codes.join(', ')}`),
    `${limits.length} would go on under other limits`,
    `${day.would_be_denied} of the ${day.allowed} decisions that were allowed in the last day would be denied`,
    '',
  ].join('\n')
