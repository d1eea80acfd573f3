import { CodedError } from '../basics/coded-error.ts'
import { scopeOf, wholeInstallation, type Scope } from '../basics/scope.ts'
import type { DeviceChange } from '../devices/administer-device.ts'
import type { Person } from '../people/person.ts'

/** Whose machines this person administers or reads: a customer's administrator those of his own organisation, and no other exists for him. */
export const devicesOf = (person: Person): Scope =>
  person.roles.some((role) => role === 'service_administrator' || role === 'auditor') ? wholeInstallation : scopeOf(person.organisationId)

/** What the customer decides about his machine: whether and how somebody may come in. What the machine is stays with the service. */
const ofCustomer: readonly (keyof DeviceChange)[] = ['switches', 'remoteAllowed', 'attendedOnly', 'recording']

/** @throws CodedError `forbidden`, naming what is not his to change */
export function demandOwnChange(person: Person, change: DeviceChange): void {
  if (person.roles.includes('service_administrator')) return
  const others = Object.keys(change).filter((name) => !(ofCustomer as readonly string[]).includes(name))
  if (others.length === 0) return
  throw new CodedError({
    code: 'forbidden',
    message: `A customer administrator changes switches, modes and recording of a machine, not ${others.join(', ')}.`,
    remedy: 'forbidden',
  })
}
