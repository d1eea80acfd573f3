import { expect, it } from 'vitest'
import type { LoggedChange } from './questions/compare-logged.ts'
import { ReplayJob } from './replay-job.ts'

const change = (index: number, kind: LoggedChange['kind']): LoggedChange => ({
  decision: `dec_${index}`,
  kind,
  timeMs: index,
  action: 'open',
  person: { id: `per_${index % 3}`, name: `P ${index % 3}` },
  machine: `m-${index % 2}`,
  service: 'hmi',
  rules: ['region'],
  codes: ['outside_region'],
})
const batch = (changes: readonly LoggedChange[], same = 0) => ({ changes, same, otherShape: 0, otherRevisions: 0 })
const newJob = (): ReplayJob =>
  new ReplayJob({
    id: 'rpl_1',
    target: { revision: 'b' },
    revisions: { target: 'b', active: 'a' },
    against: 'log',
    declared: new Set<string>(),
  })

it('lists newly allowed first, the newest of them first', () => {
  const job = newJob()
  job.take(batch([change(1, 'errors'), change(2, 'changed_limits'), change(3, 'newly_denied')]))
  job.take(batch([change(4, 'newly_allowed'), change(5, 'newly_allowed')], 7))
  expect(job.changes().map(({ decision }) => decision)).toEqual(['dec_5', 'dec_4', 'dec_3', 'dec_2', 'dec_1'])
  expect(job.counts).toEqual({ same: 7, newly_allowed: 2, newly_denied: 1, changed_limits: 1, errors: 1 })
  expect(job.progress.done).toBe(12)
})

it('puts the group with most that is newly allowed first', () => {
  const job = newJob()
  job.take(batch([change(0, 'newly_denied'), change(3, 'newly_denied'), change(1, 'newly_allowed')]))
  expect(job.groups('person').map(({ key, newly_allowed: allowed }) => [key, allowed])).toEqual([
    ['per_1', 1],
    ['per_0', 0],
  ])
})

it('lists five thousand changes of a kind, and counts the rest', () => {
  const job = newJob()
  job.take(batch(Array.from({ length: 5_001 }, (_, index) => change(index, 'newly_denied'))))
  job.take(batch([change(9_999, 'newly_allowed')]))
  expect(job.counts).toMatchObject({ newly_denied: 5_001, newly_allowed: 1 })
  expect(job.kept).toBe(5_001)
  expect(job.groups('rule')[0]).toMatchObject({ newly_denied: 5_001 })
})
