import { z } from 'zod'
import { demandRevision, commentRevision, reviewRevision } from '../../policies-admin/revisions/review-revision.ts'
import { testAgain } from '../../policies-admin/revisions/test-again.ts'
import { createRevision } from '../../policies-admin/revisions/create-revision.ts'
import { provenBundle } from '../../policies-admin/activation/activate-revision.ts'
import { sha256Hex } from '../../policies-admin/load-shipped-policy.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import {
  newReview,
  newRevision,
  newRevisionComment,
  revisionComment,
  revisionDetail,
  revisionDigest,
  revisionFiles,
  revisionPage,
  revisionQuery,
  revisionReview,
  revisionSummary,
} from '../contract/policy-revisions.ts'
import { atAnyClient, requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { namePeople } from '../views/name-people.ts'
import {
  namesInActivations,
  presentActivation,
  presentComment,
  presentResults,
  presentReview,
  presentRevision,
} from '../views/present-policy.ts'

/** A policy as large as one may be (`policyLimits`), with room for the escapes of JSON: more is refused before it is read. */
const policyBodyBytes = 8 * 1024 * 1024

/** Policy revisions: what was submitted, what is thought of it, and what is in it. */
export function policyRevisionRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const room = ports.policies
  const { store } = room.ports
  const signedIn = requireSignIn(ports)
  const read = [signedIn, atAnyClient(requireRole('security_team', 'auditor', 'service_administrator'))]
  // Who is asked for a second look looks at it in the portal: no token on a disk approves anything.
  const review = [signedIn, requireRole('security_team')]
  const tags = ['policy']
  const params = z.object({ revision: revisionDigest })

  const summaryOf = async (digest: string) => {
    const standing = await demandRevision(room, digest)
    return presentRevision(room, standing, await namePeople(ports, [standing.revision.author]))
  }

  app.get(
    '/api/v1/policy/revisions',
    {
      onRequest: read,
      schema: { tags, summary: 'Policy revisions, newest first', querystring: revisionQuery, response: { 200: revisionPage } },
    },
    async (request) => {
      const { limit, after } = request.query
      const found = await store.listRevisions({ limit, after: after ?? null })
      const names = await namePeople(
        ports,
        found.items.map(({ revision }) => revision.author),
      )
      return { items: found.items.map((standing) => presentRevision(room, standing, names)), next: found.next }
    },
  )

  app.get(
    '/api/v1/policy/revisions/:revision',
    { onRequest: read, schema: { tags, summary: 'One revision with its reviews and results', params, response: { 200: revisionDetail } } },
    async (request) => {
      const { revision } = request.params
      const standing = await demandRevision(room, revision)
      const [reviews, comments, activations, results, bundle] = await Promise.all([
        store.reviewsOf(revision),
        store.commentsOf(revision),
        store.listActivations({ revision }, { limit: 200, after: null }),
        store.resultsOf(revision),
        provenBundle(room, revision),
      ])
      const known = await namesInActivations(ports, activations.items, [
        standing.revision.author,
        ...reviews.map(({ reviewer }) => reviewer),
        ...comments.map(({ author }) => author),
      ])
      const { names } = known
      const { policy, sources } = bundle
      return {
        ...presentRevision(room, standing, names),
        files: Object.entries(sources).map(([path, text]) => ({ path, bytes: Buffer.byteLength(text) })),
        reviews: reviews.map((one) => presentReview(one, names)),
        comments: comments.map((one) => presentComment(one, names)),
        activations: activations.items.map((one) => presentActivation(one, known)).toReversed(),
        results: presentResults(results),
        bundle: {
          opa_version: policy.opaVersion,
          wasm_sha256: sha256Hex(policy.wasm),
          wasm_bytes: policy.wasm.length,
          data_sha256: sha256Hex(Buffer.from(JSON.stringify(policy.data))),
        },
      }
    },
  )

  app.get(
    '/api/v1/policy/revisions/:revision/files',
    { onRequest: read, schema: { tags, summary: 'The files of a revision', params, response: { 200: revisionFiles } } },
    async (request) => {
      await demandRevision(room, request.params.revision)
      const { sources } = await provenBundle(room, request.params.revision)
      const digests = Object.fromEntries(Object.entries(sources).map(([path, text]) => [path, sha256Hex(Buffer.from(text))]))
      return { files: { ...sources }, digests }
    },
  )

  app.post(
    '/api/v1/policy/revisions',
    {
      onRequest: [signedIn, atAnyClient(requireRole('security_team'))],
      bodyLimit: policyBodyBytes,
      schema: {
        tags,
        summary: 'Submit a policy: it is checked, tested, compiled and kept',
        body: newRevision,
        response: { 200: revisionSummary, 201: revisionSummary },
      },
    },
    async (request, reply) => {
      const { sources, comment, parent } = request.body
      const author = whoAsks(request).person.id
      const made = await createRevision(room, { sources, comment, parent: parent ?? null, author, contributors: [], origin: 'git' })
      return reply.code(made.created ? 201 : 200).send(await summaryOf(made.revision))
    },
  )

  app.post(
    '/api/v1/policy/revisions/:revision/tests',
    {
      onRequest: [signedIn, atAnyClient(requireRole('security_team'))],
      schema: {
        tags,
        summary: 'Run check and tests of a revision again: the newest run counts',
        params,
        response: { 200: revisionSummary },
      },
    },
    async (request) => {
      const { revision } = request.params
      await testAgain(room, { revision, by: whoAsks(request).person.id })
      return summaryOf(revision)
    },
  )

  app.post(
    '/api/v1/policy/revisions/:revision/reviews',
    {
      onRequest: review,
      schema: { tags, summary: 'Approve or reject exactly this revision', params, body: newReview, response: { 201: revisionReview } },
    },
    async (request, reply) => {
      const { verdict, comment, expected_active } = request.body
      const reviewer = whoAsks(request).person.id
      const { revision } = request.params
      const made = await reviewRevision(room, { revision, reviewer, verdict, comment, expectedActive: expected_active })
      return reply.code(201).send(presentReview(made, await namePeople(ports, [reviewer])))
    },
  )

  app.post(
    '/api/v1/policy/revisions/:revision/comments',
    {
      onRequest: review,
      schema: { tags, summary: 'Say something about a line', params, body: newRevisionComment, response: { 201: revisionComment } },
    },
    async (request, reply) => {
      const author = whoAsks(request).person.id
      const made = await commentRevision(room, { ...request.body, revision: request.params.revision, author })
      return reply.code(201).send(presentComment(made, await namePeople(ports, [author])))
    },
  )
}
