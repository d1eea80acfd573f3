import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { newDevice } from '../../../gateway/http-api/contract/administration.ts'
import type { NewDevice } from '../../../gateway/http-api/contract/administration.ts'
import { useApi } from '../api/api-context.tsx'
import { formProblems } from '../parts/form-problems.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { DeviceFields } from './device-fields.tsx'
import type { DeviceFacts } from './device-fields.tsx'
import { EnrolmentNote } from './enrolment-note.tsx'

interface NewDeviceValues extends DeviceFacts {
  id: string
  /** Id of a customer, or `new`. */
  organisation: string
  customer: string
}

/** Stands in for the id of a customer that is made first, so that the other fields can be checked. */
const idToCome = `org_${'0'.repeat(32)}`
const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone

const bodyOf = ({ customer: _, ...values }: NewDeviceValues, organisation: string): NewDevice => ({ ...values, organisation })

/** Registers a device; afterwards its one-time password and a ready `agent.json`, shown once. */
export const NewDeviceForm = () => {
  const words = usePortalWords()
  const api = useApi()
  const queries = useQueryClient()
  const organisations = useQuery({ queryKey: ['organisations'], queryFn: () => api.organisations() })
  const customers = organisations.data?.items ?? []
  const form = useForm<NewDeviceValues>({
    initialValues: {
      id: '',
      organisation: '',
      customer: '',
      name: '',
      site: '',
      region: '',
      country: '',
      time_zone: ownZone,
      product_line: '',
      model: '',
    },
    validate: (values) => {
      const missing = values.organisation === '' || (values.organisation === 'new' && values.customer.trim() === '')
      const problems = formProblems(newDevice, bodyOf(values, idToCome), words.fieldProblems)
      return missing
        ? { ...problems, [values.organisation === 'new' ? 'customer' : 'organisation']: words.devices.organisationNeeded }
        : problems
    },
  })
  const create = useMutation({
    mutationFn: async (values: NewDeviceValues) => {
      const organisation = values.organisation === 'new' ? (await api.newOrganisation(values.customer.trim())).id : values.organisation
      form.setFieldValue('organisation', organisation)
      return api.newDevice(bodyOf(values, organisation))
    },
    onSettled: () =>
      Promise.all([queries.invalidateQueries({ queryKey: ['devices'] }), queries.invalidateQueries({ queryKey: ['organisations'] })]),
  })
  if (create.data !== undefined)
    return <EnrolmentNote device={create.data.device} password={create.data.enrolment_password} gateway={create.data.gateway} />
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <ProblemNote error={organisations.error} onRetry={() => void organisations.refetch()} />
      <TextInput
        label={words.devices.id}
        description={words.devices.idHint}
        required
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps('id')}
      />
      <NativeSelect
        label={words.devices.customer}
        required
        data={[
          { value: '', label: '–' },
          ...customers.map(({ id, name }) => ({ value: id, label: name })),
          { value: 'new', label: words.devices.newCustomer },
        ]}
        {...form.getInputProps('organisation')}
      />
      {form.values.organisation === 'new' ? (
        <TextInput label={words.devices.newCustomerName} required {...form.getInputProps('customer')} />
      ) : null}
      <DeviceFields field={(name) => form.getInputProps(name)} readOnly={false} />
      <ProblemNote error={create.error} />
      <Button type="submit" loading={create.isPending}>
        {words.devices.create}
      </Button>
    </form>
  )
}
