import { StateBadge } from '../../look/state-badge.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** Whether a machine is connected; off at the machine is no fault of a network. */
export const ContactBadge = ({
  machine,
  size,
}: {
  readonly machine: { readonly online: boolean; readonly remote_off_at: number | null }
  readonly size?: number
}) => {
  const words = usePortalWords().machines
  const { online } = machine
  return (
    <StateBadge
      {...(size === undefined ? {} : { size })}
      look={online ? 'online' : 'offline'}
      word={online ? words.online : machine.remote_off_at === null ? words.offline : words.switchedOff}
    />
  )
}
