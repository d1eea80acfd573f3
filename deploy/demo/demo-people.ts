import type { Role } from '../../gateway/people/person.ts'

const dayS = 86_400

export interface DemoPerson {
  readonly role: string
  readonly username: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly regions: readonly string[]
  readonly permissions: readonly string[]
  readonly trainings: (nowS: number) => readonly { productLine: string; level: number; validUntil: number }[]
  readonly note: { readonly de: string; readonly en: string }
}

const technicianPermissions = ['remote_access', 'service_http', 'service_tcp']
const trained =
  (...productLines: string[]) =>
  (nowS: number) =>
    productLines.map((productLine) => ({ productLine, level: 2, validUntil: nowS + 365 * dayS }))

/** Everybody in the demo: one who may, one without training, one whose training ran out yesterday, and those who administer. */
export const demoPeople: readonly DemoPerson[] = [
  {
    role: 'technician',
    username: 'mia',
    name: 'Mia Brandt',
    roles: ['technician'],
    regions: ['europe'],
    permissions: technicianPermissions,
    trainings: trained('press', 'plate-setter', 'workflow'),
    note: { de: 'Europa, geschult: sieht zwei der drei Maschinen', en: 'Europe, trained: sees two of the three machines' },
  },
  {
    role: 'technician_untrained',
    username: 'noah',
    name: 'Noah Okafor',
    roles: ['technician'],
    regions: ['europe'],
    permissions: technicianPermissions,
    trainings: () => [],
    note: { de: 'Europa, ohne Schulung: sieht keine Maschine', en: 'Europe, no training: sees no machine' },
  },
  {
    role: 'technician_expired',
    username: 'lena',
    name: 'Lena Fischer',
    roles: ['technician'],
    regions: ['europe', 'asia'],
    permissions: technicianPermissions,
    trainings: (nowS) => [{ productLine: 'press', level: 2, validUntil: nowS - dayS }],
    note: { de: 'Schulung seit gestern abgelaufen', en: 'Training ran out yesterday' },
  },
  {
    role: 'technician_asia',
    username: 'kenji',
    name: 'Kenji Sato',
    roles: ['technician'],
    regions: ['asia'],
    permissions: technicianPermissions,
    trainings: trained('press', 'plate-setter', 'workflow'),
    note: { de: 'Asien: sieht nur die dritte Maschine', en: 'Asia: sees only the third machine' },
  },
  {
    role: 'service_administrator',
    username: 'ada',
    name: 'Ada Lindqvist',
    roles: ['service_administrator'],
    regions: [],
    permissions: [],
    trainings: () => [],
    note: { de: 'Konten, Maschinen, alle Sitzungen', en: 'Accounts, machines, all sessions' },
  },
  {
    role: 'security_team',
    username: 'sam',
    name: 'Sam Rivera',
    roles: ['security_team', 'auditor'],
    regions: [],
    permissions: [],
    trainings: () => [],
    note: { de: 'Zugriffsregeln ändern, Entscheidungen und Sitzungen lesen', en: 'Changes the access rules, reads decisions and sessions' },
  },
]
