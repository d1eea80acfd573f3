import type { Analysis } from '../../gateway/http-api/contract/policy-analysis.ts'
import type {
  AskAnswer,
  CellAnswer,
  ExplainedDecision,
  Impact,
  MatrixCell,
  MatrixCount,
  MatrixPage,
  Replay,
  ReplayChange,
  ReplayChangeDetail,
} from '../../gateway/http-api/contract/policy-simulations.ts'
import { exampleDecisionInput } from '../../gateway/decisions/example-decision-input.ts'
import { fakeReasons } from './fake-reasons.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const person = (digit: string, name: string) => ({ id: `per_${digit.repeat(32)}`, name })
const people = [
  person('1', 'Mia Bauer'),
  person('3', 'Noah Winter'),
  person('4', 'Lena Hoffmann'),
  person('8', 'Anneliese von Schönhausen-Wettiner'),
]
const machines = [
  { id: 'press-1', name: 'Press 1' },
  { id: 'press-7', name: 'Press 7' },
  { id: 'plate-2', name: 'Plate setter 2' },
  { id: 'flow-3', name: 'Workflow server' },
]
const outside = { code: 'outside_region', message: 'The machine’s region is not one of the technician’s: iberia.' }
const ruleNames = ['account', 'region', 'permission', 'training', 'undertaking', 'device', 'customer_switch']

const explained = (letter: string, allow: boolean): ExplainedDecision => ({
  revision: digest(letter),
  allow,
  denials: allow ? [] : [outside],
  texts: allow ? {} : fakeReasons().reasons,
  missing: [],
  limits: { max_duration_s: 14_400, services: ['hmi'], transfer: false, record: false, on_unexplained: 'mark', request_rules: [] },
  valid_until: 1_795_503_600,
  rules: ruleNames.map((rule) => ({
    rule,
    satisfied: allow || rule !== 'region',
    denials: allow || rule !== 'region' ? [] : [outside],
    missing: [],
    changes_at: [],
  })),
})

const assumed = { methods: ['pwd', 'otp'], duration_s: 60, approved: true }
const cell = (reach: 'open' | 'ask' | 'see' | 'none', changed: MatrixCell['changed'] = null): MatrixCell => ({
  see: reach !== 'none',
  ask: reach === 'ask' || reach === 'open',
  open: reach === 'open',
  changed,
  codes: reach === 'open' ? [] : ['outside_region'],
})

export const fakeMatrix = (): MatrixPage => ({
  target: digest('b'),
  active: digest('a'),
  at_ms: Date.now(),
  assumed,
  people,
  machines,
  cells: [
    [cell('open'), cell('open', 'wider'), cell('see'), cell('open')],
    [cell('ask'), cell('open', 'wider'), cell('none'), cell('none')],
    [cell('open'), cell('open'), cell('open', 'limits'), cell('none', 'narrower')],
    [cell('none'), cell('none'), cell('none'), cell('none')],
  ],
  totals: { wider: 2, narrower: 1, limits: 1 },
  next: { people: null, machines: 'cursor-1' },
})

export const fakeCell = (): CellAnswer => ({
  person: people[0] ?? person('1', 'Mia Bauer'),
  machine: { id: 'press-7', name: 'Press 7' },
  at_ms: Date.now(),
  assumed,
  cell: cell('open', 'wider'),
  steps: (['view', 'request', 'open'] as const).map((action) => ({
    action,
    service: action === 'view' ? null : 'hmi',
    before: explained('a', false),
    after: explained('b', true),
    changed: 'wider' as const,
  })),
})

export const fakeCount = (): MatrixCount => ({
  id: `mxc_${'1'.repeat(32)}`,
  state: 'done',
  failure: null,
  done: 120_000,
  total: 120_000,
  took_ms: 2_400,
  counts: { see: 40_200, ask: 38_100, open: 37_000, wider: 214, narrower: 3, limits: 12 },
  wider: [{ person: people[0] ?? person('1', 'Mia Bauer'), machine: { id: 'press-7', name: 'Press 7' } }],
})

const changeOf = (index: number, kind: ReplayChange['kind']): ReplayChange => ({
  decision: `dec_${String(index).repeat(32)}`,
  kind,
  time_ms: Date.now() - index * 3_600_000,
  action: 'request',
  person: people[index % people.length] ?? person('1', 'Mia Bauer'),
  machine: { id: 'press-7', name: 'Press 7' },
  service: 'hmi',
  rules: ['region'],
  codes: ['outside_region'],
})
export const fakeChanges: readonly ReplayChange[] = [
  changeOf(1, 'newly_allowed'),
  changeOf(2, 'newly_allowed'),
  changeOf(3, 'newly_denied'),
  changeOf(4, 'changed_limits'),
]

export const fakeReplay = (state: 'running' | 'done'): Replay => {
  const group = (key: string, name: string, newly_allowed: number, newly_denied: number) => ({
    key,
    name,
    newly_allowed,
    newly_denied,
    changed_limits: 0,
    errors: 0,
  })
  return {
    id: `rpl_${'1'.repeat(32)}`,
    target: digest('b'),
    against: 'log',
    state,
    failure: null,
    done: state === 'done' ? 48_211 : 20_000,
    total: 48_211,
    took_ms: 4_100,
    counts: { same: 47_999, newly_allowed: 180, newly_denied: 30, changed_limits: 2, errors: 0 },
    groups: {
      rule: [group('region', 'region', 180, 0), group('training', 'training', 0, 30)],
      person: [group(people[0]?.id ?? '', 'Mia Bauer', 120, 0), group(people[1]?.id ?? '', 'Noah Winter', 60, 30)],
      machine: [group('press-7', 'Press 7', 180, 30)],
    },
    first_ms: Date.now() - 86_400_000,
    last_ms: Date.now(),
    kept: 212,
    remarks: ['cache_hits_are_not_logged', 'time_of_the_log'],
  }
}

export const fakeChange = (decision: string): ReplayChangeDetail => ({
  ...(fakeChanges.find((change) => change.decision === decision) ?? changeOf(1, 'newly_allowed')),
  input: exampleDecisionInput({ action: 'request', approval: null, session: null }),
  masked: [],
  before: explained('a', false),
  before_revision: digest('a'),
  after: explained('b', true),
  rules_before: explained('a', false).rules,
  rules_after: explained('b', true).rules,
  trace: {
    text: 'Enter data.sallyport.access.decision\n| Enter data.sallyport.rules.region.satisfied\n| | Eval count(input.technician.regions) > 0\n| | Exit data.sallyport.rules.region.satisfied',
    truncated: false,
  },
})

export const fakeImpact = (): Impact => ({
  target: digest('b'),
  sessions_judged: 14,
  texts: fakeReasons().reasons,
  sessions: [
    {
      id: `ses_${'2'.repeat(32)}`,
      person: people[0] ?? person('1', 'Mia Bauer'),
      machine: { id: 'press-1', name: 'Press 1' },
      state: 'open',
      since_ms: Date.now() - 1_200_000,
      services: ['hmi'],
      codes: ['training_level_too_low'],
      reasons: [{ code: 'training_level_too_low', message: 'The training for this product line is of too low a level: press.' }],
    },
  ],
  limits_changed: [
    {
      id: `ses_${'3'.repeat(32)}`,
      person: people[1] ?? person('3', 'Noah Winter'),
      machine: { id: 'press-7', name: 'Press 7' },
      service: 'hmi',
      before: {},
      after: {},
    },
  ],
  decisions_last_day: { allowed: 4_812, would_be_denied: 96, percent: 2 },
})

export const fakeAsk = (kind: AskAnswer['kind']): AskAnswer => {
  const [mia = person('1', 'Mia Bauer')] = people
  const machine = { id: 'press-7', name: 'Press 7' }
  const same = { at_ms: Date.now(), assumed, revision: digest('b'), machine }
  switch (kind) {
    case 'why':
      return { ...same, kind, allowed: false, person: mia, steps: [{ action: 'view', service: null, decision: explained('b', false) }] }
    case 'who':
      return { ...same, kind, people: [{ ...mia, services: ['hmi'] }], judged: 12, next: null }
    case 'what_would':
      return {
        ...same,
        kind,
        allowed: false,
        person: mia,
        ways: [
          {
            service: 'hmi',
            changes: [
              { kind: 'grant_region', value: 'iberia', level: null, granted_by: 'service_administrator' },
              { kind: 'record_training', value: 'press', level: 2, granted_by: 'service_administrator' },
            ],
          },
        ],
        tried: 41,
        complete: true,
        never: false,
      }
  }
}

/** Of a draft whose region rule was weakened: one test fails, one line stands without a test. */
export const fakeAnalysis = (versions: Readonly<Record<string, number>>): Analysis => ({
  revision: digest('b'),
  versions,
  diagnostics: [
    {
      path: 'rules/region.rego',
      line: 8,
      column: 14,
      end_line: 8,
      end_column: 40,
      severity: 'warning',
      code: 'region_not_compared',
      message: 'The machine’s region is not looked at: this lets everybody with any region in.',
    },
    {
      path: 'rules/training.rego',
      line: 22,
      column: 1,
      end_line: 22,
      end_column: 26,
      severity: 'hint',
      code: 'iteration_over_data',
      message: 'A look-up by the product line would do instead of going through all trainings.',
    },
  ],
  more_diagnostics: 0,
  blocked_tests: 0,
  tests: [
    {
      name: 'data.sallyport.rules.region_test.test_a_machine_elsewhere_is_refused',
      path: 'rules/region_test.rego',
      line: 10,
      passed: false,
      duration_us: 412,
      output: 'rules/region_test.rego:12: not region.satisfied with input as changed',
    },
    ...['a_machine_in_an_assigned_region_passes', 'without_regions_nothing_passes'].map((name, index) => ({
      name: `data.sallyport.rules.region_test.test_${name}`,
      path: 'rules/region_test.rego',
      line: 8 + index * 8,
      passed: true,
      duration_us: 300,
      output: '',
    })),
  ],
  coverage: {
    percent: 96.4,
    decision_percent: 92.5,
    files: {
      'rules/region.rego': { covered: [[6, 8]], not_covered: [[10, 13]], percent: 60 },
      'rules/training.rego': { covered: [[5, 60]], not_covered: [], percent: 100 },
    },
  },
  symbols: [
    {
      name: 'data.sallyport.rules.region.satisfied',
      kind: 'rule',
      path: 'rules/region.rego',
      line: 8,
      column: 1,
      args: [],
      text: 'A technician works in the regions that he is responsible for.',
    },
  ],
  took_ms: 812,
})
