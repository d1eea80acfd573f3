import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { DeviceActDialog } from './device-act-dialog.tsx'
import type { DeviceAct } from './device-act-dialog.tsx'
import { IdentityFile } from './identity-file.tsx'
import { ReopenEnrolment } from './reopen-enrolment.tsx'

const possibleActs: Record<Device['status'], readonly DeviceAct[]> = {
  registered: ['revoke'],
  active: ['suspend', 'revoke'],
  suspended: ['resume', 'revoke'],
  revoked: [],
}

/** Suspend, resume, revoke, and a new one-time password: each says what it will do to whom before it does it. */
export const DeviceActs = ({ device }: { readonly device: Device }) => {
  const words = usePortalWords().devices
  const [act, setAct] = useState<DeviceAct | null>(null)
  return (
    <section aria-labelledby="acts" className="stack">
      <h3 id="acts">{words.acts}</h3>
      <div className="row">
        {possibleActs[device.status].map((possible) => (
          <Button key={possible} variant="outline" color={possible === 'resume' ? 'primary' : 'danger'} onClick={() => setAct(possible)}>
            {words[possible]}
          </Button>
        ))}
      </div>
      <ReopenEnrolment device={device} />
      {device.status === 'suspended' || device.status === 'revoked' ? null : <IdentityFile device={device} />}
      <DeviceActDialog device={device} act={act} onClose={() => setAct(null)} />
    </section>
  )
}
