import { z } from 'zod'
import { CodedError, isCodedError } from '../../basics/coded-error.ts'
import { deleteDraft, renameDraft } from '../../policies-admin/drafts/change-draft.ts'
import { createDraft } from '../../policies-admin/drafts/create-draft.ts'
import type { DraftFile, DraftId } from '../../policies-admin/drafts/draft.ts'
import { demandDraft } from '../../policies-admin/drafts/draft-room.ts'
import { rebaseDraft } from '../../policies-admin/drafts/rebase-draft.ts'
import { submitDraft } from '../../policies-admin/drafts/submit-draft.ts'
import { moveDraftFile, removeDraftFile, writeDraftFile } from '../../policies-admin/drafts/write-draft-file.ts'
import { sha256Hex } from '../../policies-admin/load-shipped-policy.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import * as contract from '../contract/policy-drafts.ts'
import { requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { namePeople } from '../views/name-people.ts'
import { peopleOfDraft, presentDraft, presentDraftFile, presentDraftSummary, presentPresence } from '../views/present-draft.ts'

/** A file of the greatest length, each of its characters written as an escape at the worst. */
export const draftBodyBytes = 2 * 1024 * 1024
export const draftParams = z.object({ id: contract.draftId })

/** Drafts of the policy: the security team writes, auditors and administrators read. */
export function policyDraftRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const room = ports.workbench.drafts
  const { store, organisation } = room.ports
  const signedIn = requireSignIn(ports)
  const read = [signedIn, requireRole('security_team', 'auditor', 'service_administrator')]
  const write = [signedIn, requireRole('security_team')]
  const tags = ['policy drafts']
  const params = draftParams
  const path = '/api/v1/policy/drafts'

  const shown = async (id: DraftId) => {
    const [draft, files] = [await demandDraft(room, id), await store.files(id)]
    const present = room.presence.of(id)
    return presentDraft(draft, files, present, await namePeople(ports, peopleOfDraft(draft, files, present)))
  }
  /** What stands there now goes to whoever wrote over it, as he may read it anyway. */
  const orCurrent = async <Result>(change: Promise<Result>): Promise<Result> => {
    try {
      return await change
    } catch (error) {
      const current = isCodedError(error, 'stale_version') ? (error.details['current'] as DraftFile | null | undefined) : undefined
      if (!isCodedError(error) || current === undefined || current === null) throw error
      const names = await namePeople(ports, [current.editedBy])
      const { code, message, remedy } = error
      throw new CodedError({ code, message, remedy, cause: error, details: { current: presentDraftFile(current, names) } })
    }
  }

  app.get(
    path,
    { onRequest: read, schema: { tags, summary: 'Drafts of the policy, changed last first', response: { 200: contract.draftList } } },
    async () => {
      const found = await store.list(organisation)
      const names = await namePeople(
        ports,
        found.flatMap(({ draft }) => [draft.createdBy, draft.changedBy]),
      )
      return { items: found.map(({ draft, files }) => presentDraftSummary(draft, files, names)) }
    },
  )

  app.post(
    path,
    { onRequest: write, schema: { tags, summary: 'Begin a draft', body: contract.newDraft, response: { 201: contract.draft } } },
    async (request, reply) => {
      const { name, from } = request.body
      const draft = await createDraft(room, { name, from, by: whoAsks(request).person.id })
      return reply.code(201).send(await shown(draft.id))
    },
  )

  app.get(
    `${path}/:id`,
    { onRequest: read, schema: { tags, summary: 'A draft: its files, and who has it open', params, response: { 200: contract.draft } } },
    async (request) => shown(request.params.id as DraftId),
  )

  app.patch(
    `${path}/:id`,
    {
      onRequest: write,
      schema: { tags, summary: 'Rename a draft', params, body: contract.renameDraft, response: { 200: contract.draft } },
    },
    async (request) => {
      const draft = request.params.id as DraftId
      await renameDraft(room, { draft, ...request.body, by: whoAsks(request).person.id })
      return shown(draft)
    },
  )

  app.delete(
    `${path}/:id`,
    { onRequest: write, schema: { tags, summary: 'Delete a draft', params, response: { 204: z.null() } } },
    async (request, reply) => {
      await deleteDraft(room, request.params.id as DraftId, whoAsks(request).person.id)
      return reply.code(204).send(null)
    },
  )

  app.get(
    `${path}/:id/file`,
    {
      onRequest: read,
      schema: { tags, summary: 'A file of a draft', params, querystring: contract.fileQuery, response: { 200: contract.draftFile } },
    },
    async (request) => {
      const file = await store.file(request.params.id as DraftId, request.query.path)
      if (file === undefined)
        throw new CodedError({ code: 'file_unknown', message: 'There is no such file in this draft.', remedy: 'not_found' })
      return presentDraftFile(file, await namePeople(ports, [file.editedBy]))
    },
  )

  app.put(
    `${path}/:id/file`,
    {
      onRequest: write,
      bodyLimit: draftBodyBytes,
      schema: {
        tags,
        summary: 'Write a file; 409 with `current` where somebody wrote it since it was read',
        params,
        querystring: contract.fileQuery,
        body: contract.writtenFile,
        response: { 200: contract.fileWritten },
      },
    },
    async (request) => {
      const edit = { draft: request.params.id as DraftId, path: request.query.path, by: whoAsks(request).person.id }
      const written = await orCurrent(writeDraftFile(room, { ...edit, ...request.body }))
      const sha256 = sha256Hex(Buffer.from(request.body.text))
      return { version: written.version, draft_version: written.draftVersion, sha256 }
    },
  )

  app.delete(
    `${path}/:id/file`,
    {
      onRequest: write,
      schema: {
        tags,
        summary: 'Take a file away',
        params,
        querystring: contract.removedFileQuery,
        response: { 200: contract.draftChanged },
      },
    },
    async (request) => {
      const edit = { draft: request.params.id as DraftId, ...request.query, by: whoAsks(request).person.id }
      return { draft_version: await orCurrent(removeDraftFile(room, edit)) }
    },
  )

  app.post(
    `${path}/:id/move`,
    {
      onRequest: write,
      schema: { tags, summary: 'Move a file', params, body: contract.movedFile, response: { 200: contract.draftChanged } },
    },
    async (request) => {
      const { from, to, version } = request.body
      const edit = { draft: request.params.id as DraftId, path: from, to, version, by: whoAsks(request).person.id }
      return { draft_version: await orCurrent(moveDraftFile(room, edit)) }
    },
  )

  app.put(
    `${path}/:id/presence`,
    {
      onRequest: write,
      schema: {
        tags,
        summary: 'Say every 15 seconds that this draft is open, and which file',
        params,
        body: contract.ownPresence,
        response: { 200: contract.presenceList },
      },
    },
    async (request) => {
      const draft = request.params.id as DraftId
      await demandDraft(room, draft)
      room.presence.say(draft, whoAsks(request).person.id, request.body.path)
      const present = room.presence.of(draft)
      const names = await namePeople(
        ports,
        present.map(({ person }) => person),
      )
      return { present: presentPresence(present, names) }
    },
  )

  app.post(
    `${path}/:id/rebase`,
    {
      onRequest: write,
      schema: { tags, summary: 'Put a draft onto another revision', params, body: contract.rebase, response: { 200: contract.rebased } },
    },
    async (request) => {
      const { onto, version } = request.body
      const order = { draft: request.params.id as DraftId, onto, version, by: whoAsks(request).person.id }
      const { taken, conflicts, ...rebased } = await rebaseDraft(room, order)
      return { ...rebased, taken: [...taken], conflicts: [...conflicts] }
    },
  )

  app.post(
    `${path}/:id/submit`,
    {
      onRequest: write,
      schema: { tags, summary: 'Make a revision of it', params, body: contract.submittedDraft, response: { 200: contract.submitted } },
    },
    async (request) => {
      const { revision } = await submitDraft(room, {
        draft: request.params.id as DraftId,
        ...request.body,
        by: whoAsks(request).person.id,
      })
      return { revision }
    },
  )
}
