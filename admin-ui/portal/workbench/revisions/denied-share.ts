import { problemOf } from '../../api/problem-error.ts'

/** The figure that a refusal `denies_more` asks about, in percent. */
export const deniedShareOf = (error: unknown): number => {
  const { denied_percent } = problemOf(error) as { denied_percent?: number }
  return denied_percent ?? 100
}
