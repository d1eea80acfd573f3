import { problemOf } from '../../api/problem-error.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { useLanguage } from '../../../words/language.tsx'
import { useReviewWords } from '../words/review-words.ts'
import { ProblemError } from '../../api/problem-error.ts'

/** A refusal in the words of the workbench, where it has some: the gateway's own sentence is English. */
export const PolicyProblem = ({ error }: { readonly error: unknown }) => {
  const words = useReviewWords()
  const { language } = useLanguage()
  if (error === null || error === undefined) return null
  const problem = problemOf(error)
  const ours = words.problems[problem.code]
  const shown =
    language === 'en' || ours === undefined ? error : new ProblemError({ ...problem, title: ours, code: `policy:${problem.code}` }, error)
  return <ProblemNote error={shown} />
}
