import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Problem } from '../../../gateway/http-api/contract/building-blocks.ts'
import { useLanguage } from '../../words/language.tsx'
import { problemOf } from '../api/problem-error.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { DenialList, type DenialListProps } from './denial-list.tsx'

/** In English the gateway's own sentence names more than ours does; for the other languages ours stands in, by its code. */
const sentenceOf = (problem: Problem, known: Readonly<Record<string, string>>, english: boolean): string =>
  english && problem.status !== 0 && problem.code !== 'denied_by_policy' ? problem.title : (known[problem.code] ?? problem.title)

interface ProblemNoteProps extends Pick<DenialListProps, 'about' | 'timeZone'> {
  readonly error: unknown
  readonly onRetry?: () => void
}

/** What went wrong and what to do: sentence, every reason, an id for support, and a way to try again. */
export const ProblemNote = ({ error, onRetry, about, timeZone }: ProblemNoteProps) => {
  const words = usePortalWords()
  const { language } = useLanguage()
  if (error === null || error === undefined) return null
  const problem = problemOf(error)
  return (
    <Alert role="alert" color="danger" variant="outline" icon={<IconAlertTriangle aria-hidden="true" />} className="problem">
      <div>{sentenceOf(problem, words.problems, language === 'en')}</div>
      {problem.denials === undefined ? null : <DenialList own denials={problem.denials} about={about} timeZone={timeZone} />}
      {problem.problems === undefined ? null : (
        <ul>
          {problem.problems.map(({ path, message }) => (
            <li key={path}>
              <span className="mono">{path}</span>: {message}
            </li>
          ))}
        </ul>
      )}
      {problem.id === '' ? null : <div className="quiet mono">{words.supportId(problem.id)}</div>}
      {onRetry === undefined ? null : (
        <Button mt="sm" variant="outline" onClick={onRetry}>
          {words.tryAgain}
        </Button>
      )}
    </Alert>
  )
}
