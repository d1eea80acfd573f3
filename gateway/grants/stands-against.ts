import type { ServiceName } from '../basics/ids.ts'
import type { Device } from '../devices/device.ts'
import { askPolicy } from '../sessions/ask-policy.ts'
import type { Asker } from '../sessions/decision-facts.ts'
import type { GrantRoom } from './grant-room.ts'

/** The shortest request that the API takes: what stands against that one stands against every request. */
const probeDurationS = 60

/** Whether this reason stands against a request of this person for this service now. `unknown`: policy gave no answer that could be trusted. */
export async function standsAgainst(
  room: Pick<GrantRoom, 'sessions'>,
  asker: Asker,
  { device, service, code }: { readonly device: Device; readonly service: ServiceName; readonly code: string },
): Promise<'yes' | 'no' | 'unknown'> {
  const question = { action: 'request', asker, device, services: [service], session: null, durationS: probeDurationS } as const
  const [decision] = await askPolicy(room.sessions, question)
  const denials = decision?.result.denials ?? []
  if (denials.some((denial) => denial.code === code)) return 'yes'
  return decision === undefined || denials.some((denial) => denial.code === 'policy_error') ? 'unknown' : 'no'
}
