import { Command } from 'commander'
import type { PolicyStatus } from '../../http-api/contract/policy-activation.ts'
import { printable } from '../printable.ts'
import { policyApi, statusOf } from './policy-api.ts'
import { tellJson } from './tell-policy.ts'

/** Exit code 1 where nothing decides, something is wrong with the policy, or a thread decides by another revision than the active one. */
export const statusCommand = (): Command =>
  new Command('status')
    .description('which revision decides, and which node and thread serves which one')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async ({ json }: { json: boolean }) => {
      const status = await statusOf(await policyApi())
      const ok = status.active !== null && status.alarms.length === 0 && servesOnly(status, status.active.revision)
      if (json) tellJson({ ok, status }, ok ? 0 : 1)
      else process.stdout.write(told(status))
      process.exitCode = ok ? 0 : 1
    })

const servesOnly = ({ serving }: PolicyStatus, active: string): boolean =>
  serving.every(({ points }) => points.every(({ revision }) => revision === active))

const at = (ms: number): string => new Date(ms).toISOString()

const told = ({ active, alarms, serving }: PolicyStatus): string =>
  [
    active === null
      ? 'no policy decides: everything is denied'
      : `${active.revision}\ndecides since ${at(active.since_ms)} (activation ${active.sequence}${active.by === null ? '' : `, ${printable(active.by.name)}`})`,
    ...alarms.map(({ code, message }) => `ALARM ${code}: ${message}`),
    ...serving.flatMap(({ node, points }) => [
      `node ${printable(node)}`,
      ...points.map(({ name, revision, since_ms: since }) => {
        const other = active !== null && revision !== active.revision ? '  NOT THE ACTIVE ONE' : ''
        return `  ${name.padEnd(12)} ${revision ?? 'denies everything'} since ${at(since)}${other}`
      }),
    ]),
    '',
  ].join('\n')
