import { Switch } from '@mantine/core'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { useChangeDevice } from './use-change-device.ts'

export const DeviceSwitches = ({ device, readOnly }: { readonly device: Device; readonly readOnly: boolean }) => {
  const words = usePortalWords().devices
  const change = useChangeDevice(device)
  return (
    <fieldset className="group">
      <legend>{words.switches}</legend>
      {device.services.length === 0 ? <p className="quiet">{words.noServices}</p> : null}
      <Switch
        size="lg"
        label={device.remote_off_at === null || device.online ? words.remoteAsAWhole : `${words.remoteAsAWhole} (${words.offAtMachine})`}
        checked={device.remote_allowed}
        disabled={readOnly || change.isPending}
        onChange={(event) => change.mutate({ remote_allowed: event.currentTarget.checked })}
      />
      <p className="quiet">{words.remoteAsAWholeText}</p>
      {device.services.map((service) => (
        <Switch
          key={service.name}
          size="lg"
          label={service.enabled_at_machine ? service.title : `${service.title} (${words.offAtMachine})`}
          checked={service.enabled}
          disabled={readOnly || change.isPending}
          onChange={(event) => change.mutate({ switches: { [service.name]: event.currentTarget.checked } })}
        />
      ))}
      <p className="quiet">{words.switchesText}</p>
      <ProblemNote error={change.error} />
    </fieldset>
  )
}
