import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RevisionDetail } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { PolicyProblem } from '../pane/policy-problem.tsx'
import type { GoTo } from '../pane/test-list.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useCheckWords } from '../words/check-words.ts'
import { useReviewWords } from '../words/review-words.ts'

const focusOn = (field: HTMLTextAreaElement | null): void => field?.focus()

export interface CommentListProps {
  readonly revision: RevisionDetail
  /** The open file, which a comment can be about. */
  readonly file: string | null
  readonly lineOf: () => number
  readonly goTo: GoTo
}

/** What people wrote about single lines; they stand in the text as well. */
export const CommentList = ({ revision, file, lineOf, goTo }: CommentListProps) => {
  const words = useReviewWords()
  const checks = useCheckWords()
  const me = useMe()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const [line, setLine] = useState<number | null>(null)
  const [text, setText] = useState('')
  const add = useMutation({
    mutationFn: () => api.comment(revision.revision, { path: file ?? '', line: line ?? 1, text: text.trim() }),
    onSuccess: async () => {
      setText('')
      setLine(null)
      await queries.invalidateQueries({ queryKey: ['policy', 'revision', revision.revision] })
    },
  })
  return (
    <section>
      <h3>{words.comments}</h3>
      {revision.comments.length === 0 ? <p className="quiet">{words.noComments}</p> : null}
      <ul className="plain-list">
        {revision.comments.map((comment) => (
          <li key={comment.id} className="card">
            <strong>{comment.author.name}</strong>{' '}
            <span className="quiet">
              <ExactTime at={comment.at_ms} />
            </span>
            <div className="plain-text">{comment.text}</div>
            <button type="button" className="plain-button" onClick={() => goTo(comment.path, comment.line)}>
              {checks.place(comment.path, comment.line)}
            </button>
          </li>
        ))}
      </ul>
      {!canEditPolicy(me) ? null : file === null ? (
        <p className="quiet">{words.openAFile}</p>
      ) : line === null ? (
        <Button variant="outline" mt="sm" onClick={() => setLine(lineOf())}>
          {words.commentHere}
        </Button>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault()
            if (text.trim() !== '') add.mutate()
          }}
        >
          <Textarea
            ref={focusOn}
            label={words.commentOn(file, line)}
            maxLength={2000}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <PolicyProblem error={add.error} />
          <Button type="submit" disabled={text.trim() === ''} loading={add.isPending}>
            {words.addComment}
          </Button>
        </form>
      )}
    </section>
  )
}
