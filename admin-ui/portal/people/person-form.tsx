import { Button } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { changePerson } from '../../../gateway/http-api/contract/administration.ts'
import type { ChangePerson, Person } from '../../../gateway/http-api/contract/administration.ts'
import { useApi } from '../api/api-context.tsx'
import { formProblems } from '../parts/form-problems.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { PersonFields } from './person-fields.tsx'
import type { PersonValues } from './person-fields.tsx'
import { personFacts, personValues } from './person-values.ts'

export const PersonForm = ({ person, readOnly }: { readonly person: Person; readonly readOnly: boolean }) => {
  const words = usePortalWords()
  const api = useApi()
  const queries = useQueryClient()
  const bodyOf = (values: PersonValues): ChangePerson => changedOf(person, values)
  const form = useForm<PersonValues>({
    initialValues: personValues(person),
    validate: (values) => formProblems(changePerson, bodyOf(values), words.fieldProblems),
  })
  const save = useMutation({
    mutationFn: (values: PersonValues) => api.changePerson(person.id, bodyOf(values)),
    onSuccess: (changed) => {
      queries.setQueryData(['people', 'one', person.id], changed)
      void queries.invalidateQueries({ queryKey: ['people'] })
      notifications.show({ message: words.saved })
    },
  })
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <PersonFields form={form} isNew={false} readOnly={readOnly} />
      <ProblemNote error={save.error} />
      {readOnly ? null : (
        <Button type="submit" loading={save.isPending}>
          {words.save}
        </Button>
      )}
    </form>
  )
}

const changedOf = (person: Person, values: PersonValues): ChangePerson => {
  const facts = personFacts(values, person)
  return {
    version: person.version,
    name: facts.name,
    roles: facts.roles,
    regions: facts.regions ?? [],
    permissions: facts.permissions ?? [],
    trainings: facts.trainings ?? [],
  }
}
