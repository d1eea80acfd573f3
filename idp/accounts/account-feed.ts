import type { AccountStatus } from './account.ts'

/** A change that others must hear of. Closed: a new type is a new member here and in the README. */
export type AccountChange =
  | { readonly type: 'account.created'; readonly sub: string }
  | { readonly type: 'account.status'; readonly sub: string; readonly status: AccountStatus }
  | { readonly type: 'account.profile'; readonly sub: string; readonly name: string }
  | { readonly type: 'account.photo'; readonly sub: string; readonly photo_sha256: string | null }
  | { readonly type: 'account.credentials'; readonly sub: string }
  | { readonly type: 'account.signed_out'; readonly sub: string; readonly sid: string }

/** `n` rises in the order of commits, by random steps: a number also says which history it belongs to. `time` is Unix seconds. */
export type FeedEntry = AccountChange & { readonly n: number; readonly time: number }

/** Durable and numbered. Stores append in the transaction of the change itself. */
export interface AccountFeed {
  /**
   * Forgets everything before `n`, which the reader has taken over; `n` itself is kept, so that the reader is known again. False where
   * there is no such entry: reader and feed have another history.
   */
  acknowledge(n: number): Promise<boolean>
  readAfter(n: number, limit: number): Promise<readonly FeedEntry[]>
  last(): Promise<number>
  /** Calls back after each commit that appended; returns how to stop that. */
  subscribe(changed: () => void): () => void
}
