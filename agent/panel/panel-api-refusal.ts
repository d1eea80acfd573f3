/** The gateway tried this, and the agent did not do it. */
export interface PanelRefusal {
  /** It opened a stream, put a request, asked what nobody may ask, sent bytes that cannot be read, sent too much of anything, said something in the chat, told of a technician's page, set switches. */
  readonly what: 'stream' | 'request' | 'question' | 'bytes' | 'flood' | 'message' | 'picture' | 'switches'
  readonly why:
    | 'no_approval'
    | 'expired'
    | 'service_not_approved'
    | 'unknown_service'
    | 'switch_off'
    | 'view_only'
    | 'bad_request'
    | 'too_often'
    | 'not_known'
    | 'no_call'
  /** Title of a service, name of a technician, or what the gateway wrote in their place; null: none, or too many different ones. */
  readonly subject: string | null
  readonly first_at: number
  readonly last_at: number
  readonly count: number
}
