import { z } from 'zod'
import { plainText } from './building-blocks.ts'
import { contentDigest, policyComment, policyPath, policyPerson, revisionDigest } from './policy-revisions.ts'

/** Drafts of the policy: GET for `security_team`, `auditor`, `service_administrator`; every change for `security_team` alone. */
export const draftId = z
  .string()
  .regex(/^drf_[0-9a-f]{32}$/, 'must be the id of a draft: "drf_" and 32 of 0-9, a-f')
  .describe('Id of a draft')
/** Longest text of one file, in UTF-16 code units; the whole draft is bounded in bytes. */
const longestPolicyFile = 262_144
/** Rego or JSON as somebody writes it. */
export const policyText = (max: number, min = 0) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine(
      (text) => text.isWellFormed() && !/[\0\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text),
      'must be text without NUL and without signs that turn its direction: a reviewer would read another rule than the compiler',
    )
export const fileText = policyText(longestPolicyFile)
const version = z.number().int().nonnegative()
const inQuery = z.coerce.number().int().nonnegative()

export const draftSummary = z.object({
  id: draftId,
  name: z.string(),
  base: revisionDigest.nullable().describe('The revision that it began with, or was put onto last'),
  version: version.describe('Rises with every change of the draft and its files'),
  files: z.number().int(),
  created_by: policyPerson,
  created_ms: z.number().int(),
  changed_by: policyPerson,
  changed_ms: z.number().int(),
})
export const draftList = z.object({ items: z.array(draftSummary) })

const draftFileSummary = z.object({
  path: z.string(),
  version: version.describe('Rises with every change of this file'),
  bytes: z.number().int(),
  sha256: contentDigest,
  edited_by: policyPerson,
  edited_ms: z.number().int(),
})
export const presence = z.object({ person: policyPerson, path: z.string().nullable() })
/** GET /drafts/{id} */
export const draft = draftSummary.omit({ files: true }).extend({ files: z.array(draftFileSummary), present: z.array(presence) })
/** GET /drafts/{id}/file?path= */
export const draftFile = draftFileSummary.omit({ bytes: true, sha256: true }).extend({ text: z.string() })

/** POST /drafts: from a revision, or from the active one. */
export const newDraft = z.strictObject({ name: plainText(100), from: revisionDigest.optional() })
/** PATCH /drafts/{id} */
export const renameDraft = z.strictObject({ name: plainText(100), version })
export const fileQuery = z.strictObject({ path: policyPath })
export const removedFileQuery = z.strictObject({ path: policyPath, version: inQuery })
/** PUT /drafts/{id}/file?path=: `version` is the one that was read, 0 for a file that is not there yet. 409 `stale_version` has it in `current`. */
export const writtenFile = z.strictObject({ text: fileText, version })
export const draftChanged = z.object({ draft_version: version })
export const fileWritten = z.object({ version, draft_version: version, sha256: contentDigest })
/** POST /drafts/{id}/move */
export const movedFile = z.strictObject({ from: policyPath, to: policyPath, version })
/** PUT /drafts/{id}/presence, every 15 s; null when she looks at no file. Whoever says nothing for 45 s is gone. */
export const ownPresence = z.strictObject({ path: policyPath.nullable() })
export const presenceList = z.object({ present: z.array(presence) })
/**
 * POST /drafts/{id}/rebase: onto the active revision, or another. What only one side changed is taken; what both changed stays as the draft
 * has it and is named, with the text of the other side, and so it is for the draft to be mended by a person.
 */
export const rebase = z.strictObject({ onto: revisionDigest.optional(), version })
export const rebased = z.object({
  base: revisionDigest,
  version,
  taken: z.array(z.string()),
  conflicts: z.array(
    z.object({
      path: z.string(),
      before: z.string().nullable().describe('In the old base; null: was not there'),
      theirs: z.string().nullable().describe('In the new base; null: is not there'),
      mine: z.string().nullable().describe('In the draft, which is unchanged; null: is not there'),
    }),
  ),
})
/** POST /drafts/{id}/submit: the draft becomes a revision. */
export const submittedDraft = z.strictObject({ comment: policyComment, version })
export const submitted = z.object({ revision: revisionDigest })

export type DraftSummary = z.infer<typeof draftSummary>
export type DraftList = z.infer<typeof draftList>
export type Draft = z.infer<typeof draft>
export type DraftFile = z.infer<typeof draftFile>
export type FileWritten = z.infer<typeof fileWritten>
export type Presence = z.infer<typeof presence>
export type Rebased = z.infer<typeof rebased>
