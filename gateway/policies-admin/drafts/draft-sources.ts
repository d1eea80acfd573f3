import { CodedError } from '../../basics/coded-error.ts'
import type { PolicySources } from '../policy-files.ts'
import type { DraftId } from './draft.ts'
import type { DraftStore } from './draft-store.ts'

/**
 * The files of a draft as they are saved now.
 * @throws CodedError `draft_unknown`
 */
export async function draftSources(drafts: Pick<DraftStore, 'contents'>, id: string): Promise<PolicySources> {
  const contents = await drafts.contents(id as DraftId)
  if (contents.length > 0) return Object.fromEntries(contents.map(({ path, text }) => [path, text]))
  throw new CodedError({ code: 'draft_unknown', message: 'There is no such draft, or nothing is in it.', remedy: 'not_found' })
}
