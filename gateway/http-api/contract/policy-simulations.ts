import { z } from 'zod'
import {
  decisionId,
  denial,
  deviceId,
  organisationId,
  page,
  pageOf,
  personId,
  regionName,
  serviceName,
  sessionId,
  wanted,
} from './building-blocks.ts'

/**
 * What a change of the policy would do, before it is live: matrix, replay, impact, questions. All under `/api/v1/policy`, for `security_team`, `auditor`
 * and `service_administrator`. Everything is answered by evaluating a policy, in threads of its own. Instants that end in `_ms` are Unix milliseconds.
 */
const instantMs = z.number().int().nonnegative().describe('Unix milliseconds')
const revision = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be a revision: "sha256:" and 64 of 0-9, a-f')
const draftId = z
  .string()
  .regex(/^drf_[0-9a-f]{32}$/, 'must be the id of a draft: "drf_" and 32 of 0-9, a-f')
  .describe('Id of a draft')
export const replayId = z
  .string()
  .regex(/^rpl_[0-9a-f]{32}$/, 'must be the id of a replay: "rpl_" and 32 of 0-9, a-f')
  .describe('Id of a replay')
export const matrixCountId = z
  .string()
  .regex(/^mxc_[0-9a-f]{32}$/, 'must be the id of a count: "mxc_" and 32 of 0-9, a-f')
  .describe('Id of a count over the whole matrix')

/** Which policy is tried: a draft as it is saved now, or a revision. */
export const policyTarget = z.union([z.strictObject({ draft: draftId }), z.strictObject({ revision })])
export type PolicyTarget = z.infer<typeof policyTarget>

const accessAction = z.enum(['view', 'request', 'open', 'use', 'extend', 'transfer', 'watch_recording', 'export'])
const named = z.object({ id: z.string(), name: z.string() })

/** One rule that an action needs, as the policy engine answered it. */
export const ruleAnswer = z.object({
  rule: z.string().describe('Name of its package under `sallyport.rules`; `limits`: what the gateway holds by itself'),
  satisfied: z.boolean(),
  denials: z.array(denial),
  missing: z.array(z.string()),
  changes_at: z.array(z.number()).describe('Unix seconds at which time alone could change its answer'),
})
export type RuleAnswer = z.infer<typeof ruleAnswer>

/** One answer of one policy, with every rule that was needed for it. */
export const explainedDecision = z.object({
  revision,
  allow: z.boolean(),
  denials: z.array(denial),
  missing: z.array(z.string()),
  limits: z.object({
    max_duration_s: z.number().int(),
    services: z.array(z.string()),
    transfer: z.boolean(),
    record: z.boolean(),
    on_unexplained: z.enum(['mark', 'pause']),
    request_rules: z.array(z.object({ effect: z.literal('deny'), methods: z.array(z.string()), path: z.string() })),
  }),
  valid_until: z.number().int().describe('Unix seconds'),
  rules: z.array(ruleAnswer).nullable().describe('Null: this revision cannot explain itself'),
})
export type ExplainedDecision = z.infer<typeof explainedDecision>

const changed = z.enum(['wider', 'narrower', 'limits'])

/** POST /policy/matrix: one rectangle of everyone x every machine. */
export const matrixRequest = z.strictObject({
  target: policyTarget,
  action: z.enum(['view', 'request', 'open']).optional().describe('Stop there: `view` alone is fastest. Without it all three'),
  service: serviceName.optional().describe('This service alone; a machine without it has nothing to ask for'),
  people: z
    .strictObject({
      ids: z.array(personId).min(1).max(200).optional(),
      search: wanted(100).optional(),
      organisation: organisationId.optional(),
      role: z.enum(['technician', 'security_team', 'service_administrator', 'auditor']).optional(),
    })
    .optional(),
  machines: z
    .strictObject({
      ids: z.array(deviceId).min(1).max(200).optional(),
      search: wanted(100).optional(),
      region: regionName.optional(),
      product_line: wanted(64).optional(),
      organisation: organisationId.optional(),
    })
    .optional(),
  limit: z
    .strictObject({ people: z.number().int().min(1).max(100).default(20), machines: z.number().int().min(1).max(100).default(50) })
    .default({ people: 20, machines: 50 }),
  after: z
    .strictObject({ people: z.string().max(1024).nullable(), machines: z.string().max(1024).nullable() })
    .optional()
    .describe('From `next` of the page before: the page to the right (machines) or below (people)'),
})
export type MatrixRequest = z.infer<typeof matrixRequest>

export const matrixCell = z.object({
  see: z.boolean(),
  ask: z.boolean().describe('For at least one service'),
  open: z.boolean().describe('For at least one service, if an operator agreed now'),
  changed: changed.nullable().describe('Against the active revision; `wider` wins over `narrower`, and that over `limits`'),
  codes: z.array(z.string()).describe('What stands against it, when she cannot open anything'),
})
export type MatrixCell = z.infer<typeof matrixCell>

export const matrixPage = z.object({
  target: revision,
  active: revision,
  at_ms: instantMs.describe('For this moment'),
  people: z.array(named),
  machines: z.array(named),
  cells: z.array(z.array(matrixCell)).describe('A row for each person, a cell for each machine'),
  totals: z.object({ wider: z.number().int(), narrower: z.number().int(), limits: z.number().int() }).describe('On this page'),
  next: z.object({
    people: z.string().nullable().describe('For `after.people`, or null: these are the last people'),
    machines: z.string().nullable().describe('For `after.machines`, or null: these are the last machines'),
  }),
})
export type MatrixPage = z.infer<typeof matrixPage>

/** POST /policy/matrix/counts: everyone x every machine, counted in the background. `limit` and `after` do not matter here. */
export const matrixCountRequest = matrixRequest.omit({ limit: true, after: true })
const workState = z.enum(['running', 'done', 'failed', 'cancelled'])
const failure = z.object({ code: z.string(), message: z.string() }).nullable()
export const matrixCount = z.object({
  id: matrixCountId,
  state: workState,
  failure,
  done: z.number().int().describe('Cells that were judged'),
  total: z.number().int(),
  took_ms: z.number().int(),
  counts: z.object({
    see: z.number().int(),
    ask: z.number().int(),
    open: z.number().int(),
    wider: z.number().int(),
    narrower: z.number().int(),
    limits: z.number().int(),
  }),
  wider: z.array(z.object({ person: named, machine: named })).describe('The first hundred cells in which somebody newly gets in'),
})
export type MatrixCount = z.infer<typeof matrixCount>

/** POST /policy/matrix/cell: why, with the rules of both revisions. */
export const cellRequest = z.strictObject({ target: policyTarget, person: personId, machine: deviceId, service: serviceName.optional() })
export const cellAnswer = z.object({
  person: named,
  machine: named,
  cell: matrixCell,
  steps: z.array(
    z.object({
      action: z.enum(['view', 'request', 'open']),
      service: z.string().nullable(),
      before: explainedDecision.describe('Under the active revision'),
      after: explainedDecision,
      changed: changed.nullable(),
    }),
  ),
})
export type CellAnswer = z.infer<typeof cellAnswer>

/** POST /policy/replays: logged decisions, asked again under another policy. */
export const replayRequest = z.strictObject({
  target: policyTarget,
  from_ms: instantMs.optional(),
  until_ms: instantMs.optional(),
  action: accessAction.optional(),
  person: personId.optional(),
  machine: deviceId.optional(),
  against: z
    .enum(['log', 'active'])
    .default('log')
    .describe('`log`: what was decided then, by whichever revision. `active`: what the active revision would decide on it now'),
})
export type ReplayRequest = z.infer<typeof replayRequest>

export const replayChangeKinds = ['newly_allowed', 'newly_denied', 'changed_limits', 'errors'] as const
const changeKind = z.enum(replayChangeKinds)
const group = z.object({
  key: z.string(),
  name: z.string(),
  newly_allowed: z.number().int(),
  newly_denied: z.number().int(),
  changed_limits: z.number().int(),
  errors: z.number().int(),
})
export const replay = z.object({
  id: replayId,
  target: revision,
  against: z.enum(['log', 'active']),
  state: workState,
  failure,
  done: z.number().int(),
  total: z.number().int(),
  took_ms: z.number().int(),
  counts: z.object({
    same: z.number().int(),
    newly_allowed: z.number().int(),
    newly_denied: z.number().int(),
    changed_limits: z.number().int(),
    errors: z.number().int(),
  }),
  groups: z.object({
    rule: z.array(group).describe('Rules that stood against it before (newly allowed) or stand against it now (newly denied)'),
    person: z.array(group),
    machine: z.array(group),
  }),
  first_ms: instantMs.nullable().describe('The oldest and the newest decision that were replayed'),
  last_ms: instantMs.nullable(),
  kept: z.number().int().describe('Changes that can be listed; beyond that they are only counted'),
  remarks: z
    .array(
      z.enum([
        'cache_hits_are_not_logged',
        'time_of_the_log',
        'older_decisions_are_forgotten',
        'inputs_of_another_shape',
        'decided_by_other_revisions',
      ]),
    )
    .describe('What the log cannot answer'),
})
export type Replay = z.infer<typeof replay>

export const replayChange = z.object({
  decision: decisionId,
  kind: changeKind,
  time_ms: instantMs,
  action: z.string(),
  person: named,
  machine: named,
  service: z.string().nullable(),
  rules: z.array(z.string()),
  codes: z.array(z.string()).describe('Newly allowed: what stood against it. Newly denied, errors: what stands against it now'),
})
export type ReplayChange = z.infer<typeof replayChange>
export const replayChangeQuery = page.extend({
  kind: changeKind.optional().describe('Without it: newly allowed first, then newly denied, changed limits, errors'),
  rule: wanted(64).optional(),
  person: personId.optional(),
  machine: deviceId.optional(),
})
export const replayChangePage = pageOf(replayChange)
export type ReplayChangePage = z.infer<typeof replayChangePage>

/** GET /policy/replays/{id}/changes/{decision} */
export const replayChangeDetail = replayChange.extend({
  input: z.unknown(),
  before: explainedDecision.describe('What was compared with: the log, or the active revision. Its rules are those of the active revision'),
  before_revision: z.string().describe('The revision that decided then'),
  after: explainedDecision,
  rules_before: z.array(ruleAnswer).nullable(),
  rules_after: z.array(ruleAnswer).nullable(),
  trace: z
    .object({ text: z.string(), truncated: z.boolean() })
    .nullable()
    .describe('Step by step, as the compiler explains it; null where there is no compiler or no sources'),
})
export type ReplayChangeDetail = z.infer<typeof replayChangeDetail>

/** POST /policy/impact: what activating this would do at once. */
export const impactRequest = z.strictObject({ target: policyTarget })
export const impact = z.object({
  target: revision,
  sessions_judged: z.number().int(),
  sessions: z
    .array(
      z.object({
        id: sessionId,
        person: named,
        machine: named,
        state: z.string(),
        since_ms: instantMs,
        services: z.array(z.string()),
        codes: z.array(z.string()),
        reasons: z.array(denial),
      }),
    )
    .describe('Sessions that would end'),
  limits_changed: z
    .array(z.object({ id: sessionId, person: named, machine: named, service: z.string(), before: z.unknown(), after: z.unknown() }))
    .describe('Sessions that go on under other limits'),
  decisions_last_day: z.object({
    allowed: z.number().int(),
    would_be_denied: z.number().int(),
    percent: z.number().describe('0 to 100, two digits behind the point'),
  }),
})
export type Impact = z.infer<typeof impact>

/** One change of facts, as somebody could make it. */
export const factChange = z.object({
  kind: z.enum([
    'enable_account',
    'grant_region',
    'grant_permission',
    'record_training',
    'sign_undertaking',
    'step_up',
    'approve',
    'switch_on',
    'record_service',
    'renew_contract',
    'activate_device',
    'shorter_duration',
    'wait_until',
  ]),
  value: z.union([z.string(), z.number()]).nullable().describe('The region, permission, product line, service, seconds or Unix seconds'),
  level: z.number().int().nullable().describe('Of a training'),
  granted_by: z.enum(['service_administrator', 'customer', 'operator', 'herself', 'time']),
})
export type FactChange = z.infer<typeof factChange>

/** POST /policy/ask */
export const askRequest = z.strictObject({
  target: policyTarget.optional().describe('Without it: the active revision'),
  kind: z.enum(['why', 'who', 'what_would']),
  person: personId.optional().describe('For `why` and `what_would`'),
  machine: deviceId,
  service: serviceName.optional().describe('Without it: each service of the machine'),
  action: z.enum(['view', 'request', 'open']).default('open'),
  assume_approved: z.boolean().default(true).describe('For `open`: as if an operator had just agreed'),
  limit: z.number().int().min(1).max(200).default(50).describe('For `who`'),
  after: z.string().max(1024).optional().describe('For `who`'),
})
export type AskRequest = z.infer<typeof askRequest>

export const askAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('why'),
    revision,
    allowed: z.boolean(),
    person: named,
    machine: named,
    steps: z
      .array(z.object({ action: z.enum(['view', 'request', 'open']), service: z.string().nullable(), decision: explainedDecision }))
      .describe('In this order, each needs the one before: see, ask, open'),
  }),
  z.object({
    kind: z.literal('who'),
    revision,
    machine: named,
    people: z.array(named.extend({ services: z.array(z.string()) })),
    judged: z.number().int(),
    next: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('what_would'),
    revision,
    allowed: z.boolean().describe('Nothing needs to change'),
    person: named,
    machine: named,
    ways: z
      .array(z.object({ service: z.string().nullable(), changes: z.array(factChange) }))
      .describe('Smallest first; each was evaluated and lets her in, and leaving out any of its changes does not'),
    tried: z.number().int().describe('Evaluations that this took'),
    complete: z.boolean().describe('False: there may be other ways, the search was ended at its bound'),
    never: z.boolean().describe('Not even all changes together let her in: only the policy itself could'),
  }),
])
export type AskAnswer = z.infer<typeof askAnswer>
