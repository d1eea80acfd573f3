import { Button, NativeSelect } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { newPerson } from '../../../gateway/http-api/contract/administration.ts'
import type { NewPerson, Organisation } from '../../../gateway/http-api/contract/administration.ts'
import { useApi } from '../api/api-context.tsx'
import { formProblems } from '../parts/form-problems.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { PersonFields } from './person-fields.tsx'
import type { PersonValues } from './person-fields.tsx'
import { emptyPerson, personFacts } from './person-values.ts'
import { SetupLinkNote } from './setup-link-note.tsx'

const customersOf = (organisations: readonly Organisation[]): readonly Organisation[] =>
  organisations.filter(({ kind }) => kind === 'customer')

/** Makes the account; afterwards the one-time set-up link, shown once. */
export const NewPersonForm = () => {
  const words = usePortalWords()
  const api = useApi()
  const queries = useQueryClient()
  const organisations = useQuery({ queryKey: ['organisations'], queryFn: () => api.organisations() })
  const [organisation, setOrganisation] = useState('')
  const bodyOf = (values: PersonValues): NewPerson => ({
    ...personFacts(values, null),
    username: values.username.trim(),
    ...(organisation === '' ? {} : { organisation }),
  })
  const form = useForm<PersonValues>({
    initialValues: emptyPerson,
    validate: (values) => formProblems(newPerson, bodyOf(values), words.fieldProblems),
  })
  const create = useMutation({
    mutationFn: (values: PersonValues) => api.newPerson(bodyOf(values)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['people'] }),
  })
  if (create.data !== undefined) return <SetupLinkNote name={create.data.person.name} link={create.data} />
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <ProblemNote error={organisations.error} onRetry={() => void organisations.refetch()} />
      <NativeSelect
        label={words.people.organisation}
        description={words.people.organisationHint}
        data={[
          { value: '', label: words.people.ownOrganisation },
          ...customersOf(organisations.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={organisation}
        onChange={(event) => setOrganisation(event.currentTarget.value)}
      />
      <PersonFields form={form} isNew readOnly={false} />
      <ProblemNote error={create.error} />
      <Button type="submit" loading={create.isPending}>
        {words.people.create}
      </Button>
    </form>
  )
}
