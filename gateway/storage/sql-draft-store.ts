import { hash } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { OrganisationId, PersonId } from '../basics/ids.ts'
import type { SqlQuery, WriteRefusal, WriteStatement } from '../database/database.ts'
import { policyLimits } from '../policies-admin/analysis/policy-limits.ts'
import type { Draft, DraftFile, DraftFileSummary, DraftId } from '../policies-admin/drafts/draft.ts'
import type { DraftEdit, DraftStore } from '../policies-admin/drafts/draft-store.ts'
import { exists, staleVersion } from './refusals.ts'
import type { PolicyDraftFileRow, PolicyDraftRow } from './policy-rows.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'

const unknownDraft: WriteRefusal = { code: 'draft_unknown', message: 'There is no such draft. Nothing was changed.', remedy: 'not_found' }
const tooBig: WriteRefusal = {
  code: 'policy_too_big',
  message: `With this the policy would be larger than ${policyLimits.mostFiles} files or ${policyLimits.mostBytes} bytes. Make it smaller; put what is alike into data.`,
  remedy: 'fix',
}
const tooMany: WriteRefusal = {
  code: 'too_many_drafts',
  message: 'There are as many drafts as may be kept. Delete one that nobody needs.',
  remedy: 'conflict',
}

/** All of it belongs to the service organisation; the routes say who reads and writes it. */
export function createSqlDraftStore(context: StorageContext): DraftStore {
  const { read } = context.database

  return {
    async insert(draft, sources, mostDrafts, events) {
      const room = { sql: 'SELECT 1 WHERE (SELECT count(*) FROM policy_drafts) < ?1', parameters: [mostDrafts] }
      const edit = { draft: draft.id, by: draft.createdBy, at: draft.createdAt }
      const statements: WriteStatement[] = [
        { query: room, expect: { changes: 1, otherwise: tooMany } },
        { query: read.insertInto('policy_drafts').values(rowOf(draft)).compile() },
        ...Object.entries(sources).map(([path, text]) => ({ query: insertFile(edit, path, text) })),
        noLarger(edit),
      ]
      await change(context, statements, events)
    },

    async list(organisation) {
      const rows = await read
        .selectFrom('policy_drafts as d')
        .selectAll('d')
        .select((expression) => [
          expression
            .selectFrom('policy_draft_files as f')
            .whereRef('f.draft_id', '=', 'd.id')
            .select(({ fn }) => fn.countAll<number>().as('n'))
            .as('files'),
        ])
        .where('d.organisation_id', '=', organisation)
        .orderBy('d.changed_at', 'desc')
        .orderBy('d.id')
        .execute()
      return rows.map((row) => ({ draft: draftOf(row), files: row.files ?? 0 }))
    },

    async find(id) {
      const row = await read.selectFrom('policy_drafts').selectAll().where('id', '=', id).executeTakeFirst()
      return row && draftOf(row)
    },

    async files(id) {
      const rows = await read.selectFrom('policy_draft_files').selectAll().where('draft_id', '=', id).orderBy('path').execute()
      return rows.map(summaryOf)
    },

    async file(id, path) {
      const row = await read
        .selectFrom('policy_draft_files')
        .selectAll()
        .where('draft_id', '=', id)
        .where('path', '=', path)
        .executeTakeFirst()
      return row && fileOf(row)
    },

    async contents(id) {
      const rows = await read.selectFrom('policy_draft_files').selectAll().where('draft_id', '=', id).orderBy('path').execute()
      return rows.map(fileOf)
    },

    async writers(id) {
      const rows = await read
        .selectFrom('policy_draft_writers')
        .select('person_id')
        .where('draft_id', '=', id)
        .orderBy('person_id')
        .execute()
      return rows.map(({ person_id: person }) => person as PersonId)
    },

    async writeFile(edit, path, text, version) {
      const results = await change(context, [touch(edit), writeText(edit, path, text, version), ...guards(edit)])
      return { version: version + 1, draftVersion: versionFrom(results) }
    },

    async removeFile(edit, path, version) {
      const sql = 'DELETE FROM policy_draft_files WHERE draft_id = ?1 AND path = ?2 AND version = ?3'
      return versionFrom(await change(context, [touch(edit), changeOne({ sql, parameters: [edit.draft, path, version] }), ...guards(edit)]))
    },

    async moveFile(edit, from, to, version) {
      const sql = `UPDATE policy_draft_files SET path = ?1, version = version + 1, edited_by = ?2, edited_at = ?3
        WHERE draft_id = ?4 AND path = ?5 AND version = ?6`
      const query = { sql, parameters: [to, edit.by, edit.at, edit.draft, from, version] }
      return versionFrom(await change(context, [touch(edit), { ...changeOne(query), unique: exists('file') }, ...guards(edit)]))
    },

    async rename(edit, name, version) {
      const sql = 'UPDATE policy_drafts SET name = ?1 WHERE id = ?2 AND version = ?3'
      return versionFrom(await change(context, [changeOne({ sql, parameters: [name, edit.draft, version] }), touch(edit)]))
    },

    async rebase(edit, { base, changes, writers }, version) {
      const sql = 'UPDATE policy_drafts SET base = ?1 WHERE id = ?2 AND version = ?3'
      const files = Object.entries(changes).map(([path, text]): WriteStatement => {
        if (text !== null) return { query: putFile(edit, path, text) }
        return { query: { sql: 'DELETE FROM policy_draft_files WHERE draft_id = ?1 AND path = ?2', parameters: [edit.draft, path] } }
      })
      const statements = [
        changeOne({ sql, parameters: [base, edit.draft, version] }),
        touch(edit),
        ...files,
        ...writers.map((person) => writerOf(edit.draft, person)),
        ...guards(edit),
      ]
      return versionFrom(await change(context, statements))
    },

    async remove(id, events) {
      const query = { sql: 'DELETE FROM policy_drafts WHERE id = ?1', parameters: [id] }
      await change(context, [{ query, expect: { changes: 1, otherwise: unknownDraft } }], events)
    },
  }
}

/** The draft changed; gives its new version. */
const touch = ({ draft, by, at }: DraftEdit): WriteStatement => ({
  query: {
    sql: 'UPDATE policy_drafts SET version = version + 1, changed_by = ?1, changed_at = ?2 WHERE id = ?3 RETURNING version',
    parameters: [by, at, draft],
  },
  expect: { changes: 1, otherwise: unknownDraft },
})

const versionFrom = (results: readonly { readonly rows: readonly Readonly<Record<string, unknown>>[] }[]): number =>
  Number(results.find(({ rows }) => rows[0]?.['version'] !== undefined)?.rows[0]?.['version'])

const changeOne = (query: SqlQuery): WriteStatement => ({ query, expect: { changes: 1, otherwise: staleVersion } })

function writeText(edit: DraftEdit, path: string, text: string, version: number): WriteStatement {
  if (version === 0) return { query: insertFile(edit, path, text), unique: staleVersion, missing: unknownDraft }
  const sql = `UPDATE policy_draft_files SET text = ?1, bytes = ?2, version = version + 1, edited_by = ?3, edited_at = ?4
    WHERE draft_id = ?5 AND path = ?6 AND version = ?7`
  return changeOne({ sql, parameters: [text, Buffer.byteLength(text), edit.by, edit.at, edit.draft, path, version] })
}

const fileColumns = '(draft_id, organisation_id, path, version, bytes, edited_by, edited_at, text)'
const fileValues = 'SELECT ?1, (SELECT organisation_id FROM policy_drafts WHERE id = ?1), ?2, 1, ?3, ?4, ?5, ?6 WHERE true'

const insertFile = (edit: DraftEdit, path: string, text: string): SqlQuery => ({
  sql: `INSERT INTO policy_draft_files ${fileColumns} ${fileValues}`,
  parameters: [edit.draft, path, Buffer.byteLength(text), edit.by, edit.at, text],
})

const putFile = (edit: DraftEdit, path: string, text: string): SqlQuery => ({
  sql: `INSERT INTO policy_draft_files ${fileColumns} ${fileValues}
    ON CONFLICT (draft_id, path) DO UPDATE SET text = excluded.text, bytes = excluded.bytes, version = policy_draft_files.version + 1,
    edited_by = excluded.edited_by, edited_at = excluded.edited_at`,
  parameters: [edit.draft, path, Buffer.byteLength(text), edit.by, edit.at, text],
})

/** Whoever wrote is a writer from now on; and the whole draft is no larger than a policy may be. */
function guards(edit: DraftEdit): WriteStatement[] {
  return [writerOf(edit.draft, edit.by), noLarger(edit)]
}

function writerOf(draft: DraftId, person: PersonId): WriteStatement {
  const sql = `INSERT INTO policy_draft_writers (draft_id, organisation_id, person_id)
    SELECT ?1, (SELECT organisation_id FROM policy_drafts WHERE id = ?1), ?2 WHERE true ON CONFLICT DO NOTHING`
  return { query: { sql, parameters: [draft, person] } }
}

function noLarger({ draft }: DraftEdit): WriteStatement {
  const size = `SELECT 1 FROM (SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM policy_draft_files WHERE draft_id = ?1)
    WHERE files <= ?2 AND bytes <= ?3`
  const query = { sql: size, parameters: [draft, policyLimits.mostFiles, policyLimits.mostBytes] }
  return { query, expect: { changes: 1, otherwise: tooBig } }
}

const rowOf = (draft: Draft): Selectable<PolicyDraftRow> => ({
  id: draft.id,
  organisation_id: draft.organisationId,
  name: draft.name,
  base: draft.base,
  created_by: draft.createdBy,
  created_at: draft.createdAt,
  changed_by: draft.changedBy,
  changed_at: draft.changedAt,
  version: draft.version,
})

const draftOf = (row: Selectable<PolicyDraftRow>): Draft => ({
  id: row.id as DraftId,
  organisationId: row.organisation_id as OrganisationId,
  name: row.name,
  base: row.base,
  createdBy: row.created_by as PersonId,
  createdAt: row.created_at,
  changedBy: row.changed_by as PersonId,
  changedAt: row.changed_at,
  version: row.version,
})

const summaryOf = (row: Selectable<PolicyDraftFileRow>): DraftFileSummary => ({
  path: row.path,
  version: row.version,
  bytes: row.bytes,
  sha256: hash('sha256', row.text),
  editedBy: row.edited_by as PersonId,
  editedAt: row.edited_at,
})

const fileOf = (row: Selectable<PolicyDraftFileRow>): DraftFile => ({ ...summaryOf(row), text: row.text })
