import { isCodedError } from '../basics/coded-error.ts'
import type { DeviceId, PersonId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { gatewayActor } from '../ledger/event.ts'
import type { Asker } from '../sessions/decision-facts.ts'
import { endRequest } from './answer-grant-request.ts'
import type { GrantRequest } from './grant-request.ts'
import type { GrantRoom } from './grant-room.ts'
import { standsAgainst } from './stands-against.ts'

export interface WhatChanged {
  readonly person?: PersonId
  readonly device?: DeviceId
}

const pageSize = 200

/** Ends as granted every open request whose reason is gone, whoever removed it. Without `changed`: all that are open. */
export async function settleGrantRequests(room: GrantRoom, changed: WhatChanged = {}): Promise<void> {
  const filter = { open: true, ...changed }
  for (let after: string | null = null; ;) {
    const page = await room.store.list(wholeInstallation, filter, { limit: pageSize, after })
    for (const request of page.items) await settle(room, request)
    if (page.next === null) return
    after = page.next
  }
}

async function settle(room: GrantRoom, request: GrantRequest): Promise<void> {
  if (request.about === null || (await stillStands(room, request, request.about))) return
  const granted: GrantRequest = { ...request, state: 'granted', answer: { at: room.clock.nowS(), by: null, text: '' } }
  await endRequest(room, request, granted, gatewayActor).catch((error: unknown) => {
    if (!isCodedError(error, 'grant_request_over')) throw error
  })
}

/** Who is gone, or a machine that is gone, gets no word that something was granted: what is open stays on the list. */
async function stillStands(room: GrantRoom, request: GrantRequest, about: NonNullable<GrantRequest['about']>): Promise<boolean> {
  const { devices, people } = room.sessions.ports
  const [device, person] = await Promise.all([
    devices.find(wholeInstallation, about.deviceId),
    people.find(wholeInstallation, request.personId),
  ])
  if (device === undefined || person === undefined) return true
  // Nobody is signed in here. What he does about a sign-in that is too weak is his own and is never asked of others.
  const authentication = { methods: [], time: 0 }
  const organisationName = await room.sessions.organisationName(person.organisationId)
  const asker: Asker = { person, organisationName, authentication, address: null }
  return (await standsAgainst(room, asker, { device, ...about })) !== 'no'
}
