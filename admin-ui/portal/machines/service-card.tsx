import { Button } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { Machine, MachineService } from '../../../gateway/http-api/contract/machines.ts'
import { formatDuration } from '../../words/format.ts'
import { DenialList } from '../parts/denial-list.tsx'
import { RecordedLine } from './recorded-line.tsx'
import { usePortalWords } from '../words/portal-words.ts'

const Obstacle = ({ reason, remedy }: { readonly reason: string; readonly remedy: string }) => (
  <ul className="denials">
    <li>
      <IconBan size={20} aria-hidden="true" />
      <span>
        <strong>{reason}</strong> {remedy}
      </span>
    </li>
  </ul>
)

/** One service: the button to ask for it, or every reason against it where the button would be. */
export const ServiceCard = ({ machine, service }: { readonly machine: Machine; readonly service: MachineService }) => {
  const words = usePortalWords().machine
  return (
    <li className="card service">
      <div>
        <strong>{service.title}</strong>{' '}
        <span className="quiet mono">
          {service.name}, {service.kind}
        </span>
        <RecordedLine service={service} />
        {service.can_request && service.max_duration_s !== null ? (
          <div className="quiet">{words.upTo(formatDuration(service.max_duration_s))}</div>
        ) : null}
      </div>
      <ServiceAct machine={machine} service={service} />
    </li>
  )
}

const ServiceAct = ({ machine, service }: { readonly machine: Machine; readonly service: MachineService }) => {
  const words = usePortalWords().machine
  const { session } = machine
  if (session !== null && session.mine) {
    return (
      <Button component={Link} href={`/sessions/${session.id}`} variant="outline">
        {words.toSession}
      </Button>
    )
  }
  if (service.denials.length > 0)
    return <DenialList own denials={service.denials} timeZone={machine.time_zone} about={{ machine: machine.id, service: service.name }} />
  if (!machine.online && machine.remote_off_at !== null)
    return <Obstacle reason={words.switchedOffReason} remedy={words.switchedOffRemedy} />
  if (!machine.online) return <Obstacle reason={words.offlineReason} remedy={words.offlineRemedy} />
  if (session !== null) return <Obstacle reason={words.busyReason} remedy={words.busyRemedy} />
  if (!service.can_request) return <DenialList denials={[{ code: 'policy_error', message: '' }]} />
  return (
    <Button component={Link} href={`/machines/${encodeURIComponent(machine.id)}/ask?service=${encodeURIComponent(service.name)}`}>
      {words.ask(service.title)}
    </Button>
  )
}
