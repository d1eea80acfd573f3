import type { NewPerson, Person } from '../../../gateway/http-api/contract/administration.ts'
import type { PersonValues } from './person-fields.tsx'

const lastSecondOfDay = 86_399

export const emptyPerson: PersonValues = { username: '', name: '', roles: ['technician'], regions: [], permissions: [], trainings: [] }

export const personValues = (person: Person): PersonValues => ({
  username: person.username,
  name: person.name,
  roles: [...person.roles],
  regions: [...person.regions],
  permissions: [...person.permissions],
  trainings: person.trainings.map((training) => ({
    key: `${training.product_line} ${training.level} ${training.valid_until}`,
    product_line: training.product_line,
    level: String(training.level),
    until: new Date(training.valid_until * 1000).toISOString().slice(0, 10),
  })),
})

/** A training counts until the end of its last day in UTC. One that was not touched keeps its exact second. */
const validUntil = (training: PersonValues['trainings'][number], before: Person | null): number => {
  const kept = before?.trainings.find((one) => `${one.product_line} ${one.level} ${one.valid_until}` === training.key)
  if (kept !== undefined && new Date(kept.valid_until * 1000).toISOString().startsWith(training.until)) return kept.valid_until
  return Math.floor(Date.parse(`${training.until}T00:00:00Z`) / 1000) + lastSecondOfDay
}

export const personFacts = (values: PersonValues, before: Person | null): Omit<NewPerson, 'username'> => ({
  name: values.name.trim(),
  roles: values.roles as NewPerson['roles'],
  regions: values.regions,
  permissions: values.permissions,
  trainings: values.trainings.map((training) => ({
    product_line: training.product_line.trim(),
    level: Number(training.level),
    valid_until: validUntil(training, before),
  })),
})
