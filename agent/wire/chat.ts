/** What operator and technician write to each other in a live session. Plain text in one line; never anything else. */
export interface ChatMessage {
  /** From 1 for each session, without gaps. */
  readonly n: number
  /** Unix milliseconds, by the machine's clock. */
  readonly at: number
  readonly from: 'operator' | 'technician'
  /** Display name of who wrote it; null: somebody at the machine who gave no name. */
  readonly name: string | null
  readonly text: string
}

/** UTF-16 code units. */
export const longestChatText = 1_000
/** The machine keeps so many of each session, then forgets the oldest. */
export const mostChatMessages = 500
/** So many, the newest, are shown at once and told with a snapshot; the rest is in the history. */
export const chatShown = 50

/** Body of `POST /v1/sessions/{id}/chat`: the technician says something. */
export interface ChatBody {
  readonly text: string
}

/** Its answer, when the machine has it durably. */
export type ChatAnswer = Pick<ChatMessage, 'n' | 'at'>
