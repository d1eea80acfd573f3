import { Button, NativeSelect } from '@mantine/core'
import { useForm } from '@mantine/form'
import { changeDevice } from '../../../gateway/http-api/contract/administration.ts'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { formProblems } from '../parts/form-problems.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { DeviceFields } from './device-fields.tsx'
import type { DeviceFacts } from './device-fields.tsx'
import { useChangeDevice } from './use-change-device.ts'

interface DeviceValues extends DeviceFacts {
  contract: Device['contract']
}

export const DeviceForm = ({ device, readOnly }: { readonly device: Device; readonly readOnly: boolean }) => {
  const words = usePortalWords()
  const change = useChangeDevice(device)
  const { name, site, region, country, time_zone, product_line, model, contract } = device
  const form = useForm<DeviceValues>({
    initialValues: { name, site, region, country, time_zone, product_line, model, contract },
    validate: (values) => formProblems(changeDevice, { ...values, version: device.version }, words.fieldProblems),
  })
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <DeviceFields field={(field) => form.getInputProps(field)} readOnly={readOnly} />
      <NativeSelect
        label={words.devices.contract}
        disabled={readOnly}
        data={Object.entries(words.devices.contracts).map(([value, label]) => ({ value, label }))}
        {...form.getInputProps('contract')}
      />
      <ProblemNote error={change.error} />
      {readOnly ? null : (
        <Button type="submit" loading={change.isPending}>
          {words.devices.saveFacts}
        </Button>
      )}
    </form>
  )
}
