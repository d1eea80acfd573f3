/** Somebody at the machine calls for a technician: at most one call is open at a machine. The agent keeps it durably. */
export interface HelpCall {
  /** {@link helpCallId}. */
  readonly id: string
  /** Plain text of at most {@link longestHelpText} characters. */
  readonly what: string
  readonly ticket: string | null
  /** Names of those that whoever takes it may ask for. */
  readonly services: readonly string[]
  /** Display name of the operator. */
  readonly by: string
  /** Unix milliseconds. */
  readonly called_at: number
  /** Unix milliseconds: until then whom the gateway sends is let in for this call without a press. Null: by a press alone. */
  readonly lets_in_until: number | null
}

export const helpCallId = /^hlp_[0-9a-f]{32}$/
export const longestHelpText = 500
export const longestTicket = 64
