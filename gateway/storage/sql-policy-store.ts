import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { PolicyReasons } from '../decisions/policy-reasons.ts'
import type { OrganisationId, PersonId } from '../basics/ids.ts'
import type { RevisionResults } from '../policies-admin/revisions/revision-results.ts'
import type { PolicyStore, RevisionStanding, WaitingStep } from '../policies-admin/revisions/revision-store.ts'
import type { LineComment, NewRevision, Review, Revision, RevisionBundle } from '../policies-admin/revisions/revision.ts'
import { checkedLimit, decodeCursor, pageOf } from './paging.ts'
import { exists, staleVersion } from './refusals.ts'
import { activationOf, activationRow } from './policy-activation-row.ts'
import type { PolicyReviewRow, PolicyRevisionRow } from './policy-rows.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'

const unknownRevision = {
  code: 'revision_unknown',
  message: 'There is no such revision. Nothing was changed.',
  remedy: 'not_found',
} as const

/** Of a revision `r`; what was found when it was made, where its tests never ran again. */
const ofNewestRun = <Value = number>(column: 'tests_passed' | 'tests_failed' | 'coverage_percent' | 'results') => {
  const [run, made] = [sql.ref(`t.${column}`), sql.ref(`r.${column}`)]
  return sql<Value>`coalesce((SELECT ${run} FROM policy_test_runs t WHERE t.revision = r.revision ORDER BY t.position DESC LIMIT 1), ${made})`
}

/** All of it belongs to the service organisation, whose policy decides for everybody; the routes say who reads it. */
export function createSqlPolicyStore(context: StorageContext): PolicyStore {
  const { read } = context.database

  const standings = () =>
    read
      .selectFrom('policy_revisions as r')
      .select(['r.position', 'r.revision', 'r.organisation_id', 'r.parent', 'r.author', 'r.contributors', 'r.origin', 'r.comment'])
      .select('r.created_at')
      // The newest run of its tests says what they are worth now.
      .select(ofNewestRun('tests_passed').as('tests_passed'))
      .select(ofNewestRun('tests_failed').as('tests_failed'))
      .select(ofNewestRun('coverage_percent').as('coverage_percent'))
      .select(sql<number>`EXISTS (SELECT 1 FROM policy_activations a WHERE a.revision = r.revision)`.as('was_active'))

  const newestReviews = async (revisions: readonly string[]): Promise<Map<string, Review>> => {
    if (revisions.length === 0) return new Map()
    const rows = await read
      .selectFrom('policy_reviews')
      .selectAll()
      .where('revision', 'in', [...revisions])
      .orderBy('position')
      .execute()
    return new Map(rows.map((row) => [row.revision, reviewOf(row)]))
  }

  return {
    async insertRevision(revision, events) {
      const query = read.insertInto('policy_revisions').values(rowOf(revision)).compile()
      await change(context, [{ query, unique: exists('revision') }], events)
    },

    async findRevision(revision) {
      const row = await standings().where('r.revision', '=', revision).executeTakeFirst()
      return row && standingOf(row, (await newestReviews([revision])).get(revision))
    },

    async listRevisions(page) {
      const limit = checkedLimit(page.limit)
      let query = standings()
      if (page.after !== null) query = query.where('r.position', '<', decodeCursor(page.after, ['number'])[0])
      const rows = await query
        .orderBy('r.position', 'desc')
        .limit(limit + 1)
        .execute()
      const reviews = await newestReviews(rows.map(({ revision }) => revision))
      return pageOf(
        rows,
        limit,
        (row) => standingOf(row, reviews.get(row.revision)),
        (row) => [row.position],
      )
    },

    async resultsOf(revision) {
      const row = await read
        .selectFrom('policy_revisions as r')
        .select(ofNewestRun<string | null>('results').as('results'))
        .where('r.revision', '=', revision)
        .executeTakeFirst()
      return row?.results ? (JSON.parse(row.results) as RevisionResults) : null
    },

    async insertTestRun({ revision, by, at, results }, organisationId, events) {
      const { passed, failed } = results.tests
      const counts = { tests_passed: passed, tests_failed: failed, coverage_percent: results.coverage.decision_percent }
      const row = { organisation_id: organisationId, revision, by_person: by, at, results: JSON.stringify(results), ...counts }
      await change(context, [{ query: read.insertInto('policy_test_runs').values(row).compile(), missing: unknownRevision }], events)
    },

    bundleSizes: (revision) =>
      read
        .selectFrom('policy_revisions')
        .select([sql<number>`length(wasm)`.as('wasm'), sql<number>`length(data)`.as('data'), sql<number>`length(sources)`.as('sources')])
        .where('revision', '=', revision)
        .executeTakeFirst(),

    async bundleOf(revision) {
      const row = await read
        .selectFrom('policy_revisions')
        .select(['sources', 'wasm', 'data', 'reasons', 'opa_version', 'signature'])
        .where('revision', '=', revision)
        .executeTakeFirst()
      return row && bundleOf(revision, row)
    },

    async insertReview(review, organisationId, events) {
      const { revision, reviewer, verdict, onTopOf, comment, at } = review
      const row = { organisation_id: organisationId, revision, reviewer, verdict, on_top_of: onTopOf, comment, at }
      await change(context, [{ query: read.insertInto('policy_reviews').values(row).compile(), missing: unknownRevision }], events)
    },

    async reviewsOf(revision) {
      const rows = await read.selectFrom('policy_reviews').selectAll().where('revision', '=', revision).orderBy('position').execute()
      return rows.map(reviewOf)
    },

    async insertComment(comment, organisationId, events) {
      const query = read
        .insertInto('policy_review_comments')
        .values({ ...comment, organisation_id: organisationId })
        .compile()
      await change(context, [{ query, missing: unknownRevision }], events)
    },

    async commentsOf(revision) {
      const rows = await read
        .selectFrom('policy_review_comments')
        .select(['id', 'revision', 'path', 'line', 'author', 'text', 'at'])
        .where('revision', '=', revision)
        .orderBy('path')
        .orderBy('line')
        .orderBy('position')
        .execute()
      return rows as unknown as LineComment[]
    },

    async insertActivation(activation, after, organisationId, events) {
      const row = activationRow(activation, organisationId)
      const stillAfter = sql`SELECT 1 WHERE (SELECT coalesce(max(sequence), 0) FROM policy_activations) = ${after}`.compile(read)
      const query = read.insertInto('policy_activations').values(row).compile()
      const drop = read.deleteFrom('policy_waiting_steps').where('what', '=', 'roll_back').compile()
      await change(
        context,
        [
          { query: stillAfter, expect: { changes: 1, otherwise: staleVersion } },
          { query, unique: staleVersion, missing: unknownRevision },
          { query: drop },
        ],
        events,
      )
    },

    async newestActivation() {
      const row = await read.selectFrom('policy_activations').selectAll().orderBy('sequence', 'desc').limit(1).executeTakeFirst()
      return row && activationOf(row)
    },

    async listActivations(filter, page) {
      const limit = checkedLimit(page.limit)
      let query = read.selectFrom('policy_activations').selectAll()
      if (filter.revision !== undefined) query = query.where('revision', '=', filter.revision)
      if (page.after !== null) query = query.where('sequence', '<', decodeCursor(page.after, ['number'])[0])
      const rows = await query
        .orderBy('sequence', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, activationOf, (row) => [row.sequence])
    },

    async putWaitingStep({ what, organisationId, by, step, comment, at, expiresAt }, events) {
      const row = { organisation_id: organisationId, by_person: by, step: JSON.stringify(step), comment, at, expires_at: expiresAt }
      const query = read
        .insertInto('policy_waiting_steps')
        .values({ what, ...row })
        .onConflict((conflict) => conflict.column('what').doUpdateSet(row))
        .compile()
      await change(context, [{ query }], events)
    },

    async dropWaitingStep(what) {
      await change(context, [{ query: read.deleteFrom('policy_waiting_steps').where('what', '=', what).compile() }])
    },

    async waitingSteps() {
      const rows = await read.selectFrom('policy_waiting_steps').selectAll().orderBy('what').execute()
      return rows.map((row) => ({
        what: row.what as WaitingStep['what'],
        organisationId: row.organisation_id as OrganisationId,
        by: row.by_person as PersonId,
        step: JSON.parse(row.step) as WaitingStep['step'],
        comment: row.comment,
        at: row.at,
        expiresAt: row.expires_at,
      }))
    },
  }
}

function rowOf(revision: NewRevision): Omit<PolicyRevisionRow, 'position'> {
  const { policy, results } = revision
  return {
    revision: revision.revision,
    organisation_id: revision.organisationId,
    parent: revision.parent,
    author: revision.author,
    contributors: JSON.stringify(revision.contributors),
    origin: revision.origin,
    comment: revision.comment,
    created_at: revision.createdAt,
    sources: JSON.stringify(revision.sources),
    wasm: policy.wasm,
    data: JSON.stringify(policy.data),
    reasons: JSON.stringify(policy.reasons),
    opa_version: policy.opaVersion,
    results: results === null ? null : JSON.stringify(results),
    tests_passed: revision.testsPassed,
    tests_failed: revision.testsFailed,
    coverage_percent: revision.coveragePercent,
    signature: revision.signature,
  }
}

type StandingRow = Omit<
  Selectable<PolicyRevisionRow>,
  'sources' | 'wasm' | 'data' | 'reasons' | 'opa_version' | 'results' | 'signature'
> & { readonly was_active: number }

const standingOf = (row: StandingRow, newestReview: Review | undefined): RevisionStanding => ({
  revision: {
    revision: row.revision,
    organisationId: row.organisation_id as OrganisationId,
    parent: row.parent,
    author: row.author as PersonId | null,
    contributors: JSON.parse(row.contributors) as PersonId[],
    origin: row.origin as Revision['origin'],
    comment: row.comment,
    createdAt: row.created_at,
    testsPassed: row.tests_passed,
    testsFailed: row.tests_failed,
    coveragePercent: row.coverage_percent,
  },
  newestReview,
  wasActive: row.was_active === 1,
})

const bundleOf = (
  revision: string,
  row: Pick<PolicyRevisionRow, 'sources' | 'wasm' | 'data' | 'reasons' | 'opa_version' | 'signature'>,
): RevisionBundle => ({
  sources: JSON.parse(row.sources) as RevisionBundle['sources'],
  policy: {
    revision,
    wasm: row.wasm,
    data: parsed(row.data),
    reasons: JSON.parse(row.reasons) as PolicyReasons,
    opaVersion: row.opa_version,
  },
  signature: row.signature,
})

const reviewOf = (row: Selectable<PolicyReviewRow>): Review => ({
  revision: row.revision,
  reviewer: row.reviewer as PersonId,
  verdict: row.verdict as Review['verdict'],
  onTopOf: row.on_top_of,
  comment: row.comment,
  at: row.at,
})

const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>
