import { Switch } from '@mantine/core'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { useWords } from '../../words/language.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { modeWords } from '../words/mode-words.ts'
import { useChangeDevice } from './use-change-device.ts'

/** How each service may be entered, as it was chosen at the machine; here it can only become stricter. */
export const DeviceModes = ({ device, readOnly }: { readonly device: Device; readonly readOnly: boolean }) => {
  const words = useWords(modeWords)
  const change = useChangeDevice(device)
  if (device.services.length === 0) return null
  return (
    <fieldset className="group">
      <legend>{words.title}</legend>
      {device.services.map(({ name, title, mode, attended_only: only }) => (
        <Switch
          key={name}
          size="lg"
          label={words.always(title)}
          description={only && mode !== 'attended' ? words.overruled(words.modes[mode]) : words.atMachine(words.modes[mode])}
          checked={only}
          disabled={readOnly || change.isPending}
          onChange={(event) => change.mutate({ attended_only: { [name]: event.currentTarget.checked } })}
        />
      ))}
      <p className="quiet">{words.text}</p>
      <ProblemNote error={change.error} />
    </fieldset>
  )
}
