import type { StreamDenied } from './ports.ts'
import { refuse, type Refusal } from './refusal.ts'

/** The page for each answer of the authority. What it does not know is a fault of ours and lets nobody in. */
export function deniedRefusal(denied: StreamDenied): Refusal {
  const message = denied.message === '' ? {} : { message: denied.message }
  switch (denied.code) {
    case 'session_over':
      return refuse('session_over', 'session_over', {
        ...(denied.endedReason === undefined ? {} : { endedReason: denied.endedReason }),
        ...(denied.endedBy === undefined ? {} : { endedBy: denied.endedBy }),
      })
    case 'not_open':
      return refuse('not_open', 'not_open')
    case 'device_offline':
      return refuse('machine_offline', 'machine_offline')
    case 'service_not_approved':
      return refuse('not_open', 'service_not_approved', message)
    case 'policy':
      return refuse('not_allowed', 'policy', message)
    default:
      return refuse('unavailable', 'authority_unavailable')
  }
}
