import { Command, InvalidArgumentError } from 'commander'
import type { Activated, WaitingAnswer } from '../../http-api/contract/policy-activation.ts'
import { activeNow, policyApi, revisionFrom, revisionPath } from './policy-api.ts'
import { tellJson } from './tell-policy.ts'

interface ActivateOptions {
  readonly comment: string
  readonly confirmDenied?: number
  readonly json: boolean
}

export const activateCommand = (): Command =>
  new Command('activate')
    .description('let a revision decide from now on, where somebody else approved it')
    .argument('[revision]', 'a revision, or the folder it was submitted from', 'policies')
    .requiredOption('-m, --comment <text>', 'why, for the log')
    .option('--confirm-denied <percent>', 'the figure that was asked about: so much of what was allowed may be denied', percentOf)
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (given: string, { comment, confirmDenied, json }: ActivateOptions) => {
      const revision = revisionFrom(given)
      const api = await policyApi()
      const activated = await api.post<Activated>(revisionPath(revision, '/activate'), {
        expected_active: await activeNow(api),
        comment,
        ...(confirmDenied === undefined ? {} : { confirm_denied: confirmDenied }),
      })
      if (json) tellJson({ activated })
      else process.stdout.write(told(activated))
    })

/** Beyond the newest activation somebody else has to ask for the same: exit code 6 until then. */
export const rollBackCommand = (): Command =>
  new Command('rollback')
    .description('let the policy before this one decide again')
    .option('--to <revision>', 'further back; another person has to ask for the same')
    .requiredOption('-m, --comment <text>', 'why, for the log')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async ({ to, comment, json }: { to?: string; comment: string; json: boolean }) => {
      const api = await policyApi()
      const expected = await activeNow(api)
      const body = { expected_active: expected, comment, ...(to === undefined ? {} : { to: revisionFrom(to) }) }
      const answer = await api.post<Activated | WaitingAnswer>('/api/v1/policy/rollback', body)
      const waits = 'waiting' in answer
      process.exitCode = waits ? 6 : 0
      if (json) tellJson(waits ? answer : { activated: answer }, waits ? 6 : 0)
      else process.stdout.write(waits ? 'Asked for. Another person of the security team has to ask for the same.\n' : told(answer))
    })

const told = ({ revision, sequence, ended_sessions: ended }: Activated): string =>
  `${revision}\ndecides from now on (activation ${sequence}); ${ended} sessions ended\n`

function percentOf(text: string): number {
  const percent = Number(text)
  if (text.trim() === '' || !(percent >= 0 && percent <= 100)) throw new InvalidArgumentError('Give a percentage from 0 to 100.')
  return percent
}
