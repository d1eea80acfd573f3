/** As the gateway's answers have it. */
export interface Denial {
  readonly code: string
  readonly message: string
  /** Unix seconds. */
  readonly until?: number | undefined
}
