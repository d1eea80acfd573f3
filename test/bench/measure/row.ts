/** One line of the table. `ratio` is ours through the peer's. */
export interface Row {
  readonly benchmark: string
  /** What was counted, with its unit. */
  readonly what: string
  readonly ours: number
  readonly peer: { readonly name: string; readonly value: number } | null
  /** Whether a higher figure is the better one. */
  readonly better: 'higher' | 'lower'
}

export const ratioOf = (row: Row): number | null => (row.peer === null ? null : row.ours / row.peer.value)
