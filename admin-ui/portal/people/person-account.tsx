import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Person } from '../../../gateway/http-api/contract/administration.ts'
import { Dialog } from '../../look/dialog.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { SetupLinkNote } from './setup-link-note.tsx'

/** A new set-up link, and disabling or enabling the account after saying what that does. */
export const PersonAccount = ({ person }: { readonly person: Person }) => {
  const words = usePortalWords()
  const api = useApi()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const link = useMutation({ mutationFn: () => api.setupLink(person.id) })
  const active = person.status === 'active'
  const turn = useMutation({
    mutationFn: () => api.changePerson(person.id, { version: person.version, status: active ? 'disabled' : 'active' }),
    onSuccess: (changed) => {
      setAsking(false)
      queries.setQueryData(['people', 'one', person.id], changed)
      void queries.invalidateQueries({ queryKey: ['people'] })
    },
  })
  return (
    <div className="stack account-acts">
      {link.data === undefined ? null : <SetupLinkNote name={person.name} link={link.data} />}
      <ProblemNote error={link.error} />
      <div>
        <Button variant="outline" loading={link.isPending} onClick={() => link.mutate()}>
          {words.people.newLink}
        </Button>
        <div className="quiet">{words.people.newLinkText}</div>
      </div>
      <Button variant="outline" color={active ? 'danger' : 'primary'} onClick={() => setAsking(true)}>
        {active ? words.people.disable : words.people.enable}
      </Button>
      <Dialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={active ? words.people.disableTitle(person.name) : words.people.enableTitle(person.name)}
        closeLabel={words.close}
      >
        <p>{active ? words.people.disableText(person.name) : words.people.enableText(person.name)}</p>
        <ProblemNote error={turn.error} />
        <div className="row">
          <Button variant="outline" onClick={() => setAsking(false)}>
            {words.cancel}
          </Button>
          <Button color={active ? 'danger' : 'primary'} loading={turn.isPending} onClick={() => turn.mutate()}>
            {active ? words.people.disable : words.people.enable}
          </Button>
        </div>
      </Dialog>
    </div>
  )
}
