import { Checkbox, TagsInput, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { Me } from '../../../gateway/http-api/contract/me.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { TrainingFields } from './training-fields.tsx'

export interface TrainingValues {
  /** Stays with the row while it is edited. */
  key: string
  product_line: string
  level: string
  /** `2026-11-24`, the last day on which it counts. */
  until: string
}

export interface PersonValues {
  username: string
  name: string
  roles: string[]
  regions: string[]
  permissions: string[]
  trainings: TrainingValues[]
}

export type PersonForm = UseFormReturnType<PersonValues>

const roles: readonly Me['roles'][number][] = ['technician', 'security_team', 'service_administrator', 'auditor', 'customer_administrator']

/** The facts about a person, for a new one and for a change alike. */
export const PersonFields = ({
  form,
  isNew,
  readOnly,
}: {
  readonly form: PersonForm
  readonly isNew: boolean
  readonly readOnly: boolean
}) => {
  const words = usePortalWords().people
  return (
    <>
      <TextInput
        label={words.name}
        description={words.nameHint}
        required
        disabled={readOnly}
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      {isNew ? (
        <TextInput
          label={words.username}
          description={words.usernameHint}
          required
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps('username')}
        />
      ) : null}
      <Checkbox.Group label={words.roles} required size="lg" {...form.getInputProps('roles')}>
        <div className="checks">
          {roles.map((role) => (
            <Checkbox key={role} value={role} label={words.roleNames[role]} size="lg" disabled={readOnly} />
          ))}
        </div>
      </Checkbox.Group>
      <TagsInput
        label={words.regions}
        description={words.regionsHint}
        disabled={readOnly}
        acceptValueOnBlur
        {...form.getInputProps('regions')}
        error={firstError(form, 'regions')}
      />
      <TagsInput
        label={words.permissions}
        description={words.permissionsHint}
        disabled={readOnly}
        acceptValueOnBlur
        {...form.getInputProps('permissions')}
        error={firstError(form, 'permissions')}
      />
      <TrainingFields form={form} readOnly={readOnly} />
    </>
  )
}

/** A problem of one item of a list belongs to its field. */
const firstError = (form: PersonForm, name: string) =>
  Object.entries(form.errors).find(([path]) => path === name || path.startsWith(`${name}.`))?.[1]
