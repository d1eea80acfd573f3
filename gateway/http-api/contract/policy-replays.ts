import { z } from 'zod'
import { decisionPersonal } from './decision-answers.ts'
import { decisionId, deviceId, page, pageOf, personId, wanted } from './building-blocks.ts'
import {
  accessAction,
  explainedDecision,
  failure,
  instantMs,
  named,
  policyRevision,
  policyTarget,
  ruleAnswer,
  workState,
} from './policy-explained.ts'

export const replayId = z
  .string()
  .regex(/^rpl_[0-9a-f]{32}$/, 'must be the id of a replay: "rpl_" and 32 of 0-9, a-f')
  .describe('Id of a replay')
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

const replayChangeKinds = ['newly_allowed', 'newly_denied', 'changed_limits', 'errors'] as const
const changeKind = z.enum(replayChangeKinds)
const group = z.object({
  key: z.string(),
  name: z.string().nullable().describe('Of persons null: names are shown with the changes, see `personal`'),
  newly_allowed: z.number().int(),
  newly_denied: z.number().int(),
  changed_limits: z.number().int(),
  errors: z.number().int(),
})
export const replay = z.object({
  id: replayId,
  target: policyRevision,
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
  person: z.object({ id: z.string(), name: z.string().nullable().describe('Null: hidden, see `personal`') }),
  machine: named,
  service: z.string().nullable(),
  rules: z.array(z.string()),
  codes: z.array(z.string()).describe('Newly allowed: what stood against it. Newly denied, errors: what stands against it now'),
})
export type ReplayChange = z.infer<typeof replayChange>
export const replayChangeQuery = page.extend({
  ...decisionPersonal.shape,
  kind: changeKind.optional().describe('Without it: newly allowed first, then newly denied, changed limits, errors'),
  rule: wanted(64).optional(),
  person: personId.optional(),
  machine: deviceId.optional(),
})
export const replayChangePage = pageOf(replayChange)
export type ReplayChangePage = z.infer<typeof replayChangePage>

/** GET /policy/replays/{id}/changes/{decision}; `personal` as of the decision log. */
export const replayChangeDetail = replayChange.extend({
  input: z.unknown(),
  masked: z
    .array(z.string())
    .describe('JSON pointers (RFC 6901) to what is hidden of the logged decision; answers and trace are then those to the masked input'),
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
