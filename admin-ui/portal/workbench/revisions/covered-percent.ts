import type { RevisionDetail } from '../../../../gateway/http-api/contract/policy-revisions.ts'

type FileCoverage = NonNullable<RevisionDetail['results']>['coverage']['files'][string]

const linesIn = (stretches: FileCoverage['covered']): number => stretches.reduce((sum, [from, to]) => sum + to - from + 1, 0)

/** How many of the lines that can be evaluated a test reaches, 0 to 100; null where there are none. */
export const coveredPercent = ({ covered, not_covered }: FileCoverage): number | null => {
  const [reached, missed] = [linesIn(covered), linesIn(not_covered)]
  return reached + missed === 0 ? null : (reached / (reached + missed)) * 100
}
