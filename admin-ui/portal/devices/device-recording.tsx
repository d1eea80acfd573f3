import { NativeSelect } from '@mantine/core'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { useWords } from '../../words/language.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { recordingWords } from '../words/recording-words.ts'
import { useChangeDevice } from './use-change-device.ts'

const modes = ['mask_all', 'mask_texts', 'mask_passwords', 'off'] as const

/** What the operator sees of the pages of each service; of what has no pages there is nothing to set. */
export const DeviceRecording = ({ device, readOnly }: { readonly device: Device; readonly readOnly: boolean }) => {
  const words = useWords(recordingWords)
  const change = useChangeDevice(device)
  const services = device.services.filter(({ kind }) => kind === 'http')
  if (services.length === 0) return null
  return (
    <fieldset className="group">
      <legend>{words.title}</legend>
      {services.map((service) => (
        <NativeSelect
          key={service.name}
          label={words.of(service.title)}
          description={service.recorded_at_machine ? undefined : words.offAtMachine}
          data={modes.map((mode) => ({ value: mode, label: words.modes[mode] }))}
          value={service.recording}
          disabled={readOnly || change.isPending}
          onChange={(event) => {
            const mode = modes.find((one) => one === event.currentTarget.value)
            if (mode !== undefined) change.mutate({ recording: { [service.name]: mode } })
          }}
        />
      ))}
      <p className="quiet">{words.text}</p>
      <ProblemNote error={change.error} />
    </fieldset>
  )
}
