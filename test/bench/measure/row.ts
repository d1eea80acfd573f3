/** One line of the table. */
export interface Row {
  readonly workload: string
  /** What was counted. */
  readonly metric: string
  readonly unit: string
  readonly ours: number
  /** Who stands beside us, and its figure; null where nobody does. */
  readonly peer: string | null
  readonly theirs: number | null
  /** Ours through theirs: the median of the runs, each with ours directly before and after theirs. */
  readonly ratio: number | null
  /** Counted runs of each. */
  readonly runs: number
  /** Whether a higher figure is the better one. */
  readonly better: 'higher' | 'lower'
  /** Where one was set (docs/performance.md): of the ratio, or of our own figure. */
  readonly goal?: Goal
}

export interface Goal {
  readonly of: 'ratio' | 'ours'
  readonly at: 'least' | 'most'
  readonly value: number
}

/** Null: it has no goal, or its figure is missing. */
export function isMet({ goal, ratio, ours }: Row): boolean | null {
  const figure = goal?.of === 'ratio' ? ratio : ours
  if (goal === undefined || figure === null || !Number.isFinite(figure)) return null
  return goal.at === 'least' ? figure >= goal.value : figure <= goal.value
}
