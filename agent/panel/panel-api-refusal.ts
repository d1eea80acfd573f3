import type { RefusedWhat, RefusedWhy } from '../refusals/refusal-record.ts'

/** The gateway tried this, and the agent did not do it. */
export interface PanelRefusal {
  readonly what: RefusedWhat
  readonly why: RefusedWhy
  /** Title of a service, name of a technician, or what the gateway wrote in their place; null: none, or too many different ones. */
  readonly subject: string | null
  readonly first_at: number
  readonly last_at: number
  readonly count: number
}
