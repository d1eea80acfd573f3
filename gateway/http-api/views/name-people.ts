import type { PersonId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { PolicyPerson } from '../contract/policy-revisions.ts'

export type NamesOf = (id: PersonId | null) => PolicyPerson | null

/** Names for ids, read at once. Who is not there any more is shown by the id. */
export async function namePeople(ports: Pick<HttpApiPorts, 'people'>, ids: readonly (PersonId | null)[]): Promise<NamesOf> {
  const wanted = [...new Set(ids.filter((id) => id !== null))]
  const names = new Map<PersonId, string>()
  for (let from = 0; from < wanted.length; from += 500)
    for (const { id, name } of await ports.people.store.findMany(wholeInstallation, wanted.slice(from, from + 500))) names.set(id, name)
  return (id) => (id === null ? null : { id, name: names.get(id) ?? id })
}

/** Where somebody must stand. */
export const named = (names: NamesOf, id: PersonId): PolicyPerson => names(id) ?? { id, name: id }
