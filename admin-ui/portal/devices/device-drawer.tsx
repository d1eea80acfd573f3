import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { formatDate } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { Facts } from '../parts/facts.tsx'
import { LastContact } from '../parts/last-contact.tsx'
import { useMe } from '../parts/me-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { canAdminister, canSwitchDevices } from '../parts/roles.ts'
import { SideDrawer } from '../parts/side-drawer.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { renewalWords } from '../words/renewal-words.ts'
import { CompareCode } from './compare-code.tsx'
import { DeviceActs } from './device-acts.tsx'
import { DeviceBadge } from './device-badge.tsx'
import { DeviceForm } from './device-form.tsx'
import { DeviceModes } from './device-modes.tsx'
import { DeviceRecording } from './device-recording.tsx'
import { DeviceSwitches } from './device-switches.tsx'
import { LateDecision, LateRenewal } from './late-renewal.tsx'

/** One device: state, switches, facts, and what an administrator may do to it. */
export const DeviceDrawer = ({ id, onClose }: { readonly id: string | null; readonly onClose: () => void }) => {
  const api = useApi()
  const device = useQuery({ queryKey: ['device', id], queryFn: () => api.device(id ?? ''), enabled: id !== null })
  return (
    <SideDrawer opened={id !== null} title={device.data?.name ?? '…'} onClose={onClose}>
      {device.isPending && id !== null ? <Skeleton height={480} /> : null}
      <ProblemNote error={device.error} onRetry={() => void device.refetch()} />
      {device.data === undefined || id === null ? null : <DeviceDetails device={device.data} />}
    </SideDrawer>
  )
}

const DeviceDetails = ({ device }: { readonly device: Device }) => {
  const words = usePortalWords()
  const renewal = useWords(renewalWords)
  const { language } = useLanguage()
  const me = useMe()
  const readOnly = !canAdminister(me)
  const fixed = !canSwitchDevices(me)
  return (
    <div className="stack">
      <Facts
        items={{
          [words.devices.id]: <span className="mono">{device.id}</span>,
          [words.devices.customer]: device.organisation.name,
          [words.devices.status]: <DeviceBadge status={device.status} />,
          [words.devices.enrolment]: <Enrolment device={device} />,
          [words.machines.lastContact]: <LastContact online={device.online} seenAt={device.last_seen_at} />,
          [words.devices.agent]: device.agent_version ?? '–',
          [words.devices.certificateUntil]:
            device.certificate_expires_at === null ? (
              '–'
            ) : (
              <ExactTime at={device.certificate_expires_at * 1000} text={formatDate(language, device.certificate_expires_at * 1000)} />
            ),
          ...(device.late_renewal?.decided ? { [renewal.label]: <LateDecision device={device} /> } : {}),
        }}
      />
      <LateRenewal device={device} readOnly={readOnly} />
      {device.enrolment_code === null ? null : <CompareCode id={device.id} code={device.enrolment_code} readOnly={readOnly} />}
      {fixed ? <p className="quiet">{words.people.readOnly}</p> : readOnly ? null : <DeviceActs device={device} />}
      <DeviceSwitches device={device} readOnly={fixed} />
      <DeviceModes device={device} readOnly={fixed} />
      <DeviceRecording device={device} readOnly={fixed} />
      <DeviceForm key={`${device.id} ${device.version}`} device={device} readOnly={readOnly} />
    </div>
  )
}

/** A locked enrolment is shown with what to do about it. */
const Enrolment = ({ device }: { readonly device: Device }) => {
  const words = usePortalWords().devices
  if (device.enrolment !== 'locked') return words.enrolments[device.enrolment]
  return (
    <>
      <span className="danger">{words.enrolments.locked}</span> {words.lockedRemedy}
    </>
  )
}
