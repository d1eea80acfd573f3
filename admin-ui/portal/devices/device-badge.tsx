import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { StateBadge } from '../../look/state-badge.tsx'
import type { StateLook } from '../../look/state-badge.tsx'
import { usePortalWords } from '../words/portal-words.ts'

const looks: Record<Device['status'], StateLook> = { registered: 'waiting', active: 'good', suspended: 'paused', revoked: 'bad' }

export const DeviceBadge = ({ status }: { readonly status: Device['status'] }) => (
  <StateBadge look={looks[status]} word={usePortalWords().devices.statuses[status]} />
)
