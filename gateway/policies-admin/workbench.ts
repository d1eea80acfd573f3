import type { DraftRoom } from './drafts/draft-room.ts'
import type { PolicyLanguage } from './language/policy-language.ts'
import type { PolicyTools } from './analysis/policy-tools.ts'

/** What people who change the policy work with. */
export interface Workbench {
  readonly drafts: DraftRoom
  /** Null: there is no compiler on this machine. */
  readonly tools: PolicyTools | null
  language(): PolicyLanguage
}
