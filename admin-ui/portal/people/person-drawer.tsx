import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Person } from '../../../gateway/http-api/contract/administration.ts'
import { formatDate } from '../../words/format.ts'
import { useLanguage } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { Facts } from '../parts/facts.tsx'
import { useMe } from '../parts/me-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { canAdminister } from '../parts/roles.ts'
import { SideDrawer } from '../parts/side-drawer.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { PersonAccount } from './person-account.tsx'
import { PersonForm } from './person-form.tsx'
import { PhotoField } from './photo-field.tsx'

/** One person: facts, photo, account. */
export const PersonDrawer = ({ id, onClose }: { readonly id: string | null; readonly onClose: () => void }) => {
  const api = useApi()
  const person = useQuery({ queryKey: ['people', 'one', id], queryFn: () => api.person(id ?? ''), enabled: id !== null })
  return (
    <SideDrawer opened={id !== null} title={person.data?.name ?? '…'} onClose={onClose}>
      {person.isPending && id !== null ? <Skeleton height={480} /> : null}
      <ProblemNote error={person.error} onRetry={() => void person.refetch()} />
      {person.data === undefined || id === null ? null : <PersonDetails person={person.data} />}
    </SideDrawer>
  )
}

const PersonDetails = ({ person }: { readonly person: Person }) => {
  const words = usePortalWords().people
  const { language } = useLanguage()
  const readOnly = !canAdminister(useMe())
  return (
    <div className="stack">
      <Facts
        items={{
          [words.username]: <span className="mono">{person.username}</span>,
          [words.undertaking]: person.undertaking === null ? words.notAccepted : words.accepted(person.undertaking.version),
          [words.since]: formatDate(language, person.created_at * 1000),
        }}
      />
      {readOnly ? <p className="quiet">{words.readOnly}</p> : null}
      <PhotoField person={person} readOnly={readOnly} />
      {/* Another version is another form: what is shown is always what would be changed. */}
      <PersonForm key={`${person.id} ${person.version}`} person={person} readOnly={readOnly} />
      {readOnly ? null : <PersonAccount person={person} />}
    </div>
  )
}
