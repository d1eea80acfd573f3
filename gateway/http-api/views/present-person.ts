import type { Person } from '../../people/person.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { Person as PersonView } from '../contract/administration.ts'

export async function presentPerson(ports: HttpApiPorts, person: Person): Promise<PersonView> {
  return {
    id: person.id,
    username: person.username,
    name: person.name,
    organisation: { id: person.organisationId, name: await ports.sessions.organisationName(person.organisationId) },
    status: person.status,
    roles: [...person.roles],
    regions: [...person.regions],
    permissions: [...person.permissions],
    trainings: person.trainings.map((training) => ({
      product_line: training.productLine,
      level: training.level,
      valid_until: training.validUntil,
    })),
    undertaking: person.undertaking === null ? null : { version: person.undertaking.version, accepted_at: person.undertaking.acceptedAt },
    photo_url: photoUrlOf(person),
    created_at: person.createdAt,
    version: person.version,
  }
}

/** The digest makes the address change with the photo, so that browsers may keep it. */
export const photoUrlOf = (person: Person): string | null =>
  person.photoSha256 === null ? null : `/api/v1/people/${person.id}/photo?v=${encodeURIComponent(person.photoSha256.slice(0, 12))}`
