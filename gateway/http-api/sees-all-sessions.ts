import type { Person } from '../people/person.ts'

/** Who may see the sessions of others, and the photos of those who are in them. */
export const seesAllSessions = (person: Person): boolean =>
  person.roles.some((role) => role === 'service_administrator' || role === 'auditor' || role === 'security_team')
