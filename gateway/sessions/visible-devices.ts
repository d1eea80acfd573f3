import { wholeInstallation } from '../basics/scope.ts'
import type { Device } from '../devices/device.ts'
import type { DeviceFilter } from '../devices/device-store.ts'
import { decisionInput, type Asker } from './decision-facts.ts'
import type { SessionRoom } from './session-room.ts'

export interface VisibleDevices {
  readonly items: readonly Device[]
  readonly next: string | null
}

/** Rows that are read from the store at once, at most. */
const mostRows = 200

/**
 * The machines that policy action `view` lets this person see, in the order of the store. Machines that he may not see are in no list and no
 * count: a page is filled from as many rows as it takes, and `next` is there only where one more that he sees follows.
 */
export async function visibleDevices(
  room: SessionRoom,
  asker: Asker,
  filter: DeviceFilter & { readonly online?: boolean },
  page: { readonly limit: number; readonly after: string | null },
): Promise<VisibleDevices> {
  const { online, ...stored } = filter
  const { devices, links } = room.ports
  const found: Device[] = []
  let after = page.after
  // One more than wanted, then larger reads the fewer of them are seen.
  for (let rows = Math.min(mostRows, page.limit + 1); ; rows = Math.min(mostRows, rows * 2)) {
    const read = await devices.list(wholeInstallation, stored, { limit: rows, after })
    const candidates = read.items.filter((device) => online === undefined || (links.get(device.id) !== undefined) === online)
    found.push(...(await visibleOf(room, asker, candidates)))
    const last = found[page.limit - 1]
    if (last !== undefined && found.length > page.limit) return { items: found.slice(0, page.limit), next: devices.cursorAfter(last) }
    if (read.next === null) return { items: found, next: null }
    after = read.next
  }
}

/** Those of them that policy action `view` lets this person see. */
export async function visibleOf(room: SessionRoom, asker: Asker, devices: readonly Device[]): Promise<readonly Device[]> {
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
