import { z } from 'zod'
import { page, pageOf, personId, plainText } from './building-blocks.ts'

/** Policy revisions (immutable, named by their digest) and their reviews, under /api/v1/policy. Instants here are Unix milliseconds (`*_ms`). */
export const policyInstant = z.number().int().nonnegative().describe('Unix milliseconds')
export const revisionDigest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be the digest of a revision: "sha256:" and 64 of 0-9, a-f')
  .describe('Digest of a revision: over its rules, tests and data')
export const contentDigest = z.string().describe('SHA-256 of the text of a file in UTF-8, 64 hex')
/** Rules and tests (`*.rego`), and the documents below `data/`. */
export const policyPath = z
  .string()
  .max(200)
  .regex(
    /^(?!(?:compiled|schemas|examples|node_modules)\/)(?:(?:[A-Za-z0-9_][\w.-]*\/)*[A-Za-z0-9_][\w.-]*\.rego|data\/(?:[A-Za-z0-9_][\w.-]*\/)*[A-Za-z0-9_][\w.-]*\.json)$/,
    'must be a path like "access/decision.rego" or "data/regions.json": letters, digits, "_", "-", "." and "/"',
  )
  .describe('Path of a file of a policy')
const policyText = z
  .string()
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'no NUL character and no half of a surrogate pair')
const policySources = z
  .record(policyPath, policyText)
  .refine((sources) => Object.keys(sources).length > 0, 'at least one file')
  .describe(
    'Path → text of every file of a policy. The bounds are those of a draft; past one of them the answer is `policy_too_big`, with the figures',
  )
/** What somebody wrote about a step, for the others to read. */
export const policyComment = plainText(500, 3)
/** Several lines may be said about a line. */
const lineComment = z
  .string()
  .trim()
  .min(1)
  .max(2_000)
  .refine((text) => text.isWellFormed() && !/[\0\u202a-\u202e\u2066-\u2069]/u.test(text), 'no control or direction characters')

export const policyPerson = z.object({ id: personId, name: z.string() })
export type PolicyPerson = z.infer<typeof policyPerson>

const revisionOrigin = z
  .enum(['draft', 'git', 'shipped', 'recovered'])
  .describe('Whence it came: a draft of the portal, somebody’s files, the release, or a recovery at the machine itself')
const revisionState = z
  .enum(['submitted', 'approved', 'rejected', 'active', 'was_active'])
  .describe('`approved`, `rejected`: by the newest review')

export const revisionSummary = z.object({
  revision: revisionDigest,
  parent: revisionDigest.nullable().describe('What it was made from'),
  origin: revisionOrigin,
  author: policyPerson.nullable().describe('Null: it came with the release or by a recovery'),
  comment: z.string(),
  created_ms: policyInstant,
  state: revisionState,
  approved_on_top_of: revisionDigest
    .nullable()
    .describe('The active revision that its newest approval was given for; another one needs another look'),
  tests: z.object({ passed: z.number().int(), failed: z.number().int() }),
  coverage_percent: z.number().describe('Of the decision rules, by the tests'),
})
export type RevisionSummary = z.infer<typeof revisionSummary>
/** GET /api/v1/policy/revisions: newest first. Roles `security_team`, `auditor`, `service_administrator`. */
export const revisionPage = pageOf(revisionSummary)
export type RevisionPage = z.infer<typeof revisionPage>
export const revisionQuery = page

export const revisionReview = z.object({
  reviewer: policyPerson,
  verdict: z.enum(['approved', 'rejected']),
  comment: z.string(),
  on_top_of: revisionDigest.nullable().describe('The revision that was active when it was reviewed'),
  at_ms: policyInstant,
})
export const revisionComment = z.object({
  id: z.string(),
  path: z.string(),
  line: z.number().int(),
  author: policyPerson,
  text: z.string(),
  at_ms: policyInstant,
})
export type RevisionReview = z.infer<typeof revisionReview>
export type RevisionComment = z.infer<typeof revisionComment>

const coveredLines = z.array(z.tuple([z.number().int(), z.number().int()])).describe('Ranges of lines, both ends included')
export const ranTest = z.object({
  name: z.string().describe('With its package: "rules.region_test.test_…"'),
  path: z.string(),
  line: z.number().int(),
  passed: z.boolean(),
  duration_us: z.number().int(),
  output: z.string().describe('What the test printed, and why it failed'),
})
/** What check and tests said when it was submitted, or were run again last. */
const revisionResults = z.object({
  check: z.object({ ok: z.boolean(), output: z.string() }),
  tests: z.object({
    passed: z.number().int(),
    failed: z.number().int(),
    failures: z.array(z.object({ name: z.string(), path: z.string(), line: z.number().int(), output: z.string() })),
    all: z.array(ranTest).nullable().describe('Every one of them; null: of a revision that was made before they were kept'),
    output: z.string().describe('The compiler’s own words, where the tests could not even begin'),
  }),
  coverage: z.object({
    percent: z.number(),
    decision_percent: z.number().describe('Of the decision rules alone'),
    files: z.record(z.string(), z.object({ covered: coveredLines, not_covered: coveredLines })),
  }),
  took_ms: z.number().int(),
})

const activationKind = z.enum(['first', 'activate', 'roll_back', 'recover', 'release'])
/** What was known before it was carried out. A half that could not be told is null. */
export const activationImpact = z.object({
  sessions: z
    .object({
      judged: z.number().int(),
      ending: z.number().int().describe('Open sessions that it would end'),
      limits_changed: z.number().int().describe('Open sessions that would go on under other limits'),
      named: z
        .array(
          z.object({
            id: z.string(),
            person: policyPerson,
            machine: z.object({ id: z.string(), name: z.string() }),
            codes: z.array(z.string()),
          }),
        )
        .describe('The first hundred of those that end'),
    })
    .nullable(),
  decisions_last_day: z
    .object({ allowed: z.number().int(), would_be_denied: z.number().int(), percent: z.number() })
    .nullable()
    .describe('Of what was allowed in the last day'),
})
export type ActivationImpact = z.infer<typeof activationImpact>

export const policyActivation = z.object({
  sequence: z.number().int().describe('1, 2, 3, …'),
  revision: revisionDigest,
  previous: revisionDigest.nullable(),
  kind: activationKind.describe(
    '`first`: with the first start; `release`: a new release, where nobody had changed the policy; `recover`: at the machine itself',
  ),
  by: policyPerson.nullable(),
  approved_by: policyPerson.nullable(),
  comment: z.string(),
  at_ms: policyInstant,
  impact: activationImpact.nullable().describe('Null: of the first one, of a release or a recovery, or where nothing could be told'),
})
export type PolicyActivation = z.infer<typeof policyActivation>

/** GET /api/v1/policy/revisions/{revision} */
export const revisionDetail = revisionSummary.extend({
  files: z.array(z.object({ path: z.string(), bytes: z.number().int() })),
  reviews: z.array(revisionReview).describe('Oldest first'),
  comments: z.array(revisionComment).describe('By file and line'),
  activations: z.array(policyActivation).describe('Oldest first'),
  results: revisionResults.nullable().describe('Null: it came compiled with the release'),
  bundle: z.object({ opa_version: z.string(), wasm_sha256: z.string(), wasm_bytes: z.number().int(), data_sha256: z.string() }),
})
export type RevisionDetail = z.infer<typeof revisionDetail>
/** GET /api/v1/policy/revisions/{revision}/files */
export const revisionFiles = z.object({
  files: z.record(z.string(), z.string()),
  digests: z.record(z.string(), contentDigest).describe('Of the same files'),
})
export type RevisionFiles = z.infer<typeof revisionFiles>

/** POST /api/v1/policy/revisions: 201; 200 where this very revision is there already. 400 `policy_refused` with every problem. Role `security_team`. */
export const newRevision = z.strictObject({ sources: policySources, comment: policyComment, parent: revisionDigest.optional() })
/** POST /api/v1/policy/revisions/{revision}/reviews: 201. `expected_active`: on top of what the reviewer looked at it; 409 where another one is active. */
export const newReview = z.strictObject({
  verdict: z.enum(['approved', 'rejected']),
  comment: policyComment,
  expected_active: revisionDigest.nullable(),
})
export type NewReview = z.infer<typeof newReview>
/** POST /api/v1/policy/revisions/{revision}/comments: 201 */
export const newRevisionComment = z.strictObject({ path: policyPath, line: z.number().int().min(1).max(100_000), text: lineComment })
export type NewRevisionComment = z.infer<typeof newRevisionComment>
