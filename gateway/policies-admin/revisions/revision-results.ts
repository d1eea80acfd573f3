export interface FailedTest {
  readonly name: string
  readonly path: string
  readonly line: number
  readonly output: string
}

export interface RanTest extends FailedTest {
  readonly passed: boolean
  readonly duration_us: number
}

export type LineRange = readonly [from: number, to: number]

export interface FileCoverage {
  readonly covered: readonly LineRange[]
  readonly not_covered: readonly LineRange[]
}

/** What check and tests said of a revision when it was made; kept with it as it is (`contract/policy-revisions.ts` has the same shape). */
export interface RevisionResults {
  readonly check: { readonly ok: boolean; readonly output: string }
  readonly tests: {
    readonly passed: number
    readonly failed: number
    readonly failures: readonly FailedTest[]
    /** Every one of them, in order of files and lines; absent in what was kept before they were. */
    readonly all?: readonly RanTest[]
    /** The compiler's own words, where the tests could not even begin. */
    readonly output: string
  }
  readonly coverage: {
    readonly percent: number
    /** Of the decision rules alone: what lies in `access/` and `rules/`. */
    readonly decision_percent: number
    readonly files: Readonly<Record<string, FileCoverage>>
  }
  readonly took_ms: number
}
