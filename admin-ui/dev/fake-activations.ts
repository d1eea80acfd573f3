import type { ServingNode } from '../../gateway/http-api/contract/policy-activation.ts'
import type { PolicyActivation } from '../../gateway/http-api/contract/policy-revisions.ts'

const hour = 3_600_000
interface Person {
  readonly id: string
  readonly name: string
}

/** What decided when, with what was known of it before. */
export const fakeActivations = (
  { active, older }: { readonly active: string; readonly older: string },
  { sam, ines }: { readonly sam: Person; readonly ines: Person },
): PolicyActivation[] => [
  {
    sequence: 3,
    revision: active,
    previous: older,
    kind: 'roll_back',
    by: ines,
    approved_by: null,
    comment: 'Too many complaints from Spain',
    at_ms: Date.now() - 3 * hour,
    impact: {
      sessions: {
        judged: 14,
        ending: 1,
        limits_changed: 1,
        named: [
          {
            id: `ses_${'2'.repeat(32)}`,
            person: { id: 'per_1', name: 'Mia Bauer' },
            machine: { id: 'press-1', name: 'Press 1' },
            codes: ['outside_region'],
          },
        ],
      },
      decisions_last_day: { allowed: 4_812, would_be_denied: 96, percent: 2 },
    },
  },
  {
    sequence: 2,
    revision: older,
    previous: active,
    kind: 'activate',
    by: sam,
    approved_by: ines,
    comment: 'Spain on trial',
    at_ms: Date.now() - 30 * hour,
    impact: { sessions: { judged: 0, ending: 0, limits_changed: 0, named: [] }, decisions_last_day: null },
  },
  {
    sequence: 1,
    revision: active,
    previous: null,
    kind: 'first',
    by: null,
    approved_by: null,
    comment: '',
    at_ms: Date.now() - 90 * hour,
    impact: null,
  },
]

export const fakeServing = (revision: string): ServingNode[] => [
  {
    node: 'gw-1:4711',
    started_ms: Date.now() - 90 * hour,
    points: [
      { kind: 'main', name: 'main', revision, since_ms: Date.now() - 3 * hour },
      { kind: 'worker', name: 'worker-7', revision, since_ms: Date.now() - 3 * hour },
      { kind: 'worker', name: 'worker-8', revision, since_ms: Date.now() - 3 * hour },
    ],
  },
]
