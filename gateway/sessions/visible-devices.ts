import { wholeInstallation } from '../basics/scope.ts'
import type { Device } from '../devices/device.ts'
import type { DeviceFilter } from '../devices/device-store.ts'
import { decisionInput, type Asker } from './decision-facts.ts'
import type { SessionRoom } from './session-room.ts'

export interface VisibleDevices {
  readonly items: readonly Device[]
  readonly next: string | null
}

/** Pages of the store that one call looks through at most; past it the cursor is given back and the list goes on. */
const pageSize = 200

/**
 * The machines that policy action `view` lets this person see, in the order of the store. Machines that he may not see are in no list and no
 * count: a page is filled from as many rows as it takes.
 */
export async function visibleDevices(
  room: SessionRoom,
  asker: Asker,
  filter: DeviceFilter & { readonly online?: boolean },
  page: { readonly limit: number; readonly after: string | null },
): Promise<VisibleDevices> {
  const { online, ...stored } = filter
  const items: Device[] = []
  let after = page.after
  for (;;) {
    // One row at a time is asked for behind the last one that is wanted, so that `next` names exactly the row after it.
    const wanted = page.limit - items.length
    const rows = await room.ports.devices.list(wholeInstallation, stored, { limit: Math.min(pageSize, wanted), after })
    const candidates = rows.items.filter((device) => online === undefined || (room.ports.links.get(device.id) !== undefined) === online)
    items.push(...(await visibleOf(room, asker, candidates)))
    after = rows.next
    if (after === null || items.length >= page.limit) return { items, next: after }
  }
}

async function visibleOf(room: SessionRoom, asker: Asker, devices: readonly Device[]): Promise<readonly Device[]> {
  const nowS = room.ports.clock.nowS()
  const inputs = await Promise.all(
    devices.map(async (device) =>
      decisionInput({
        action: 'view',
        asker,
        device,
        deviceOrganisationName: await room.organisationName(device.organisationId),
        service: null,
        session: null,
        nowS,
      }),
    ),
  )
  const decisions = await room.ports.decisions.decideMany(inputs)
  return devices.filter((_, index) => decisions[index]?.result.allow === true)
}
