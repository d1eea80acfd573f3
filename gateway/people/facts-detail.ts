import type { Person } from './person.ts'

/** What an event says of a person's facts: nothing that names him. */
export const factsDetail = (person: Person) => ({
  permissions: [...person.permissions],
  regions: [...person.regions],
  roles: [...person.roles],
  status: person.status,
  trainings: person.trainings.map((training) => ({
    level: training.level,
    product_line: training.productLine,
    valid_until: training.validUntil,
  })),
})
