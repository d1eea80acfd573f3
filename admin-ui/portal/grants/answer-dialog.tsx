import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { FormEvent } from 'react'
import type { GrantAnswer, GrantRequestAnswer } from '../../../gateway/http-api/contract/grant-requests.ts'
import { Dialog } from '../../look/dialog.tsx'
import { useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { grantWords } from '../words/grant-words.ts'
import { usePortalWords } from '../words/portal-words.ts'

interface AnswerDialogProps {
  readonly request: GrantRequestAnswer
  readonly verdict: GrantAnswer['verdict'] | null
  readonly onClose: () => void
}

export const AnswerDialog = ({ request, verdict, onClose }: AnswerDialogProps) => {
  const words = usePortalWords()
  const grants = useWords(grantWords)
  const title = verdict === 'declined' ? grants.declineTitle : grants.doneTitle
  return (
    <Dialog opened={verdict !== null} onClose={onClose} title={title} closeLabel={words.close}>
      {verdict === null ? null : <AnswerForm request={request} verdict={verdict} onClose={onClose} />}
    </Dialog>
  )
}

const AnswerForm = ({ request, verdict, onClose }: AnswerDialogProps & { readonly verdict: GrantAnswer['verdict'] }) => {
  const words = usePortalWords()
  const grants = useWords(grantWords)
  const api = useApi()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const answer = useMutation({
    mutationFn: () => api.answerGrantRequest(request.id, { verdict, text: text.trim() }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['grants'] })
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    answer.mutate()
  }
  return (
    <form className="stack" noValidate onSubmit={submit}>
      <Textarea
        label={grants.answer}
        description={verdict === 'declined' ? grants.declineHint : grants.doneHint}
        autosize
        minRows={3}
        maxLength={1000}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ProblemNote error={answer.error} />
      <div className="row">
        <Button variant="outline" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button type="submit" color={verdict === 'declined' ? 'danger' : 'primary'} loading={answer.isPending}>
          {verdict === 'declined' ? grants.decline : grants.done}
        </Button>
      </div>
    </form>
  )
}
