import type { DeviceId, OrganisationId, PersonId } from '../basics/ids.ts'
import type { Page, PageRequest } from '../basics/page.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { Device } from '../devices/device.ts'
import type { Person, Role } from '../people/person.ts'
import type { Asker } from '../sessions/decision-facts.ts'
import type { SessionRoom } from '../sessions/session-room.ts'
import type { MachineFacts } from './threads/simulation-tasks.ts'

export interface PeopleChoice {
  readonly ids?: readonly PersonId[] | undefined
  readonly search?: string | undefined
  readonly organisation?: OrganisationId | undefined
  readonly role?: Role | undefined
}

export interface MachineChoice {
  readonly ids?: readonly DeviceId[] | undefined
  readonly search?: string | undefined
  readonly region?: string | undefined
  readonly productLine?: string | undefined
  readonly organisation?: OrganisationId | undefined
}

/** Who is meant, a page at a time; those who are named by their ids come all on one. */
export async function peoplePage({ ports }: SessionRoom, choice: PeopleChoice, page: PageRequest): Promise<Page<Person>> {
  const { ids, ...filter } = choice
  if (ids === undefined) return ports.people.list(wholeInstallation, filter, page)
  return { items: inOrder(ids, await ports.people.findMany(wholeInstallation, ids)), next: null }
}

export async function machinesPage({ ports }: SessionRoom, choice: MachineChoice, page: PageRequest): Promise<Page<Device>> {
  const { ids, ...filter } = choice
  if (ids === undefined) return ports.devices.list(wholeInstallation, filter, page)
  return { items: inOrder(ids, await ports.devices.findMany(wholeInstallation, ids)), next: null }
}

const inOrder = <Item extends { readonly id: string }>(ids: readonly string[], items: readonly Item[]): Item[] =>
  [...new Set(ids)].flatMap((id) => items.find((item) => item.id === id) ?? [])

/** As if each had just signed in like this. Nobody comes from anywhere. */
export function askersOf(room: SessionRoom, people: readonly Person[], methods: readonly string[]): Promise<readonly Asker[]> {
  const authentication = { methods, time: room.ports.clock.nowS() }
  return Promise.all(
    people.map(async (person) => ({
      person,
      organisationName: await room.organisationName(person.organisationId),
      authentication,
      address: null,
    })),
  )
}

export function machineFactsOf(room: SessionRoom, devices: readonly Device[]): Promise<readonly MachineFacts[]> {
  return Promise.all(devices.map(async (device) => ({ device, organisationName: await room.organisationName(device.organisationId) })))
}
