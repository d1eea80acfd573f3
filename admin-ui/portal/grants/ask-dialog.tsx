import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { FormEvent } from 'react'
import type { NewGrantRequest } from '../../../gateway/http-api/contract/grant-requests.ts'
import { Dialog } from '../../look/dialog.tsx'
import { useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { grantWords } from '../words/grant-words.ts'
import { usePortalWords } from '../words/portal-words.ts'

interface AskDialogProps {
  /** Null: rights in general. */
  readonly about: NewGrantRequest['about']
  readonly title: string
  /** Where it goes. */
  readonly text: string
  readonly opened: boolean
  readonly onClose: () => void
}

/** One field and one button: what is asked for stands above it already. */
export const AskDialog = ({ opened, title, onClose, ...asked }: AskDialogProps) => {
  const words = usePortalWords()
  return (
    <Dialog opened={opened} onClose={onClose} title={title} closeLabel={words.close}>
      {opened ? <AskForm {...asked} onClose={onClose} /> : null}
    </Dialog>
  )
}

const AskForm = ({ about, text, onClose }: Pick<AskDialogProps, 'about' | 'text' | 'onClose'>) => {
  const words = usePortalWords()
  const grants = useWords(grantWords)
  const api = useApi()
  const queries = useQueryClient()
  const [note, setNote] = useState('')
  const send = useMutation({
    mutationFn: () => api.askForGrant({ about, note: note.trim() }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['grants'] })
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <form className="stack" noValidate onSubmit={submit}>
      <p>{text}</p>
      <Textarea
        label={about === null ? grants.rightsNote : grants.note}
        description={about === null ? grants.rightsHint : grants.noteHint}
        autosize
        minRows={3}
        maxLength={1000}
        required={about === null}
        data-autofocus
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <p className="quiet">{grants.noMail}</p>
      <ProblemNote error={send.error} />
      <div className="row">
        <Button variant="outline" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button type="submit" loading={send.isPending}>
          {grants.send}
        </Button>
      </div>
    </form>
  )
}
