import { parseArgs } from 'node:util'

export interface BenchOptions {
  readonly quick: boolean
  readonly only: readonly string[]
  /** Rows on stdout and nothing else there. */
  readonly json: boolean
  /** Makes docs/performance.md from the kept results, and measures nothing. */
  readonly page: boolean
  /** Keeps the rows under test/bench/results. */
  readonly keep: boolean
  readonly profileDir: string | null
  /** Makes flame graphs of one workload for docs/performance.md. */
  readonly flame: boolean
}

export const usage = `npm run bench -- [--quick] [--only WORKLOAD]... [--json] [--keep] [--page] [--profile DIR] [--flame]
  --quick          a minute or two: shows that everything runs; its figures mean little
  --only WORKLOAD  this one alone; may be given several times
  --json           the rows as JSON on stdout, and nothing else there
  --keep           keeps the rows of each workload in test/bench/results/WORKLOAD.json
  --page           makes docs/performance.md and its plots from what was kept, and measures nothing
  --profile DIR    every process leaves a V8 CPU profile in DIR (do not compare figures then)
  --flame          with one --only: flame graphs of gateway, agent and command line under docs/pictures (the same)
`

/** @throws Error with a sentence and the usage */
export function readOptions(args: readonly string[], names: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      profile: { type: 'string' },
      flame: { type: 'boolean', default: false },
    },
  })
  const unknown = values.only.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`there is no workload ${unknown.join(', ')}; there are: ${names.join(', ')}`)
  if (values.quick && values.keep) throw new Error('figures of --quick mean little: they are not kept')
  if (values.flame && (values.only.length !== 1 || values.keep)) throw new Error('--flame goes with one --only, and keeps no figures')
  const { quick, only, json, keep, page, flame } = values
  return { quick, only, json, keep, page, profileDir: values.profile ?? null, flame }
}
