import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { deviceAct } from '../../../gateway/http-api/contract/administration.ts'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { Dialog } from '../../look/dialog.tsx'
import { useApi } from '../api/api-context.tsx'
import { formProblems } from '../parts/form-problems.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'

export type DeviceAct = 'suspend' | 'resume' | 'revoke'

export const DeviceActDialog = ({
  device,
  act,
  onClose,
}: {
  readonly device: Device
  readonly act: DeviceAct | null
  readonly onClose: () => void
}) => {
  const words = usePortalWords()
  return (
    <Dialog
      opened={act !== null}
      onClose={onClose}
      title={act === null ? '' : words.devices.actTitle[act](device.name)}
      closeLabel={words.close}
    >
      {act === null ? null : <ActForm device={device} act={act} onClose={onClose} />}
    </Dialog>
  )
}

const ActForm = ({ device, act, onClose }: { readonly device: Device; readonly act: DeviceAct; readonly onClose: () => void }) => {
  const words = usePortalWords()
  const api = useApi()
  const queries = useQueryClient()
  const form = useForm({ initialValues: { reason: '' }, validate: (values) => formProblems(deviceAct, values, words.fieldProblems) })
  const run = useMutation({
    mutationFn: (reason: string) => api.deviceAct(device.id, act, reason),
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['device', device.id] }),
        queries.invalidateQueries({ queryKey: ['devices'] }),
      ])
      onClose()
    },
  })
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit(({ reason }) => run.mutate(reason))}>
      <p>{words.devices.actText[act](device.name)}</p>
      <TextInput
        label={words.devices.reason}
        description={words.devices.reasonHint}
        required
        data-autofocus
        {...form.getInputProps('reason')}
      />
      <ProblemNote error={run.error} />
      <div className="row">
        <Button variant="outline" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button type="submit" color={act === 'resume' ? 'primary' : 'danger'} loading={run.isPending}>
          {words.devices[act]}
        </Button>
      </div>
    </form>
  )
}
