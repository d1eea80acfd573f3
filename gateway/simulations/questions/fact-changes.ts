import type { ServiceName } from '../../basics/ids.ts'
import type { Device } from '../../devices/device.ts'
import type { Person } from '../../people/person.ts'
import { recordingOf, switchesOf } from '../../sessions/decision-facts.ts'
import type { Encounter } from './access-steps.ts'

/** One change of facts, as somebody could make it. */
export type FactChange =
  | { readonly kind: 'enable_account' | 'approve' | 'renew_contract' | 'activate_device' }
  | { readonly kind: 'grant_region' | 'grant_permission' | 'sign_undertaking'; readonly value: string }
  | { readonly kind: 'record_training'; readonly value: string; readonly level: number }
  | { readonly kind: 'step_up'; readonly methods: readonly string[] }
  | { readonly kind: 'switch_on' | 'record_service'; readonly value: ServiceName }
  /** Seconds that are asked for. */
  | { readonly kind: 'shorter_duration'; readonly value: number }
  /** Unix seconds. */
  | { readonly kind: 'wait_until'; readonly value: number }

const trainingHoldsS = 365 * 86_400
const recordedAs = 'mask_all'

/** The encounter as it would be after these changes, made where they are really made: at the person, the machine, the sign-in, the clock. */
export function withChanges(encounter: Encounter, changes: readonly FactChange[]): Encounter {
  return changes.reduce(withChange, encounter)
}

function withChange(encounter: Encounter, change: FactChange): Encounter {
  const { asker, device, nowS } = encounter
  const ofPerson = (facts: Partial<Person>): Encounter => ({ ...encounter, asker: { ...asker, person: { ...asker.person, ...facts } } })
  const ofDevice = (facts: Partial<Device>): Encounter => ({ ...encounter, device: { ...device, ...facts } })
  switch (change.kind) {
    case 'enable_account':
      return ofPerson({ status: 'active' })
    case 'grant_region':
      return ofPerson({ regions: [...asker.person.regions, change.value] })
    case 'grant_permission':
      return ofPerson({ permissions: [...asker.person.permissions, change.value] })
    case 'record_training': {
      const training = { productLine: change.value, level: change.level, validUntil: nowS + trainingHoldsS }
      const others = asker.person.trainings.filter(({ productLine }) => productLine !== change.value)
      return ofPerson({ trainings: [...others, training] })
    }
    case 'sign_undertaking':
      return ofPerson({ undertaking: { version: change.value, acceptedAt: nowS } })
    case 'step_up':
      return { ...encounter, asker: { ...asker, authentication: { methods: change.methods, time: nowS } } }
    case 'approve':
      return { ...encounter, approved: true }
    case 'switch_on':
      return ofDevice({
        remoteAllowed: true,
        switches: { ...device.switches, [change.value]: true },
        services: device.services.map((service) => (service.name === change.value ? { ...service, enabled: true } : service)),
      })
    case 'record_service':
      return ofDevice({
        recording: { ...device.recording, [change.value]: recordedAs },
        services: device.services.map((service) => (service.name === change.value ? { ...service, recorded: true } : service)),
      })
    case 'renew_contract':
      return ofDevice({ contract: 'active' })
    case 'activate_device':
      return ofDevice({ status: 'active' })
    case 'shorter_duration':
      return { ...encounter, durationS: change.value }
    case 'wait_until':
      return { ...encounter, nowS: change.value }
  }
}

/** What the policy's data and the installation offer to be changed. */
export interface Changeable {
  /** Permissions that are known here, of whomever. */
  readonly permissions: readonly string[]
  /** The undertaking's version that counts; null: none. */
  readonly undertaking: string | null
  /** Every method of signing in that there is. */
  readonly methods: readonly string[]
}

/** Of one kind, at most one alternative is taken; the one that asks least stands first. */
export type Alternatives = readonly FactChange[]

const levels = [1, 2, 3]
const durationsS = [14_400, 7_200, 3_600, 1_800, 900, 300, 60]
/** Sites open at a quarter of an hour, and a week has every weekday. */
const quarterS = 900
const quartersAhead = 7 * 24 * 4

/** Every change that would make a fact another one, for this service. Whether it helps is for the policy to say. */
export function changesOf(encounter: Encounter, service: ServiceName | null, changeable: Changeable): readonly Alternatives[] {
  const { asker, device, nowS, durationS, approved } = encounter
  const { person, authentication } = asker
  const slots: Alternatives[] = []
  const add = (when: boolean, ...alternatives: FactChange[]): void => {
    if (when && alternatives.length > 0) slots.push(alternatives)
  }
  add(person.status !== 'active', { kind: 'enable_account' })
  add(device.region !== '' && !person.regions.includes(device.region), { kind: 'grant_region', value: device.region })
  for (const value of changeable.permissions) add(!person.permissions.includes(value), { kind: 'grant_permission', value })
  add(device.productLine !== '', ...levels.map((level): FactChange => ({ kind: 'record_training', value: device.productLine, level })))
  const { undertaking } = changeable
  if (undertaking !== null) add(person.undertaking?.version !== undertaking, { kind: 'sign_undertaking', value: undertaking })
  add(!changeable.methods.every((method) => authentication.methods.includes(method)), { kind: 'step_up', methods: changeable.methods })
  if (service !== null) {
    add(!approved, { kind: 'approve' })
    add(switchesOf(device)[service] !== true, { kind: 'switch_on', value: service })
    const pages = device.services.some(({ name, kind }) => name === service && kind === 'http')
    add(pages && recordingOf(device)[service] === 'off', { kind: 'record_service', value: service })
    add(true, ...durationsS.filter((value) => value < durationS).map((value): FactChange => ({ kind: 'shorter_duration', value })))
  }
  add(device.contract !== 'active', { kind: 'renew_contract' })
  // What was revoked stays revoked.
  add(device.status === 'registered' || device.status === 'suspended', { kind: 'activate_device' })
  const next = (Math.floor(nowS / quarterS) + 1) * quarterS
  add(true, ...Array.from({ length: quartersAhead }, (_, index): FactChange => ({ kind: 'wait_until', value: next + index * quarterS })))
  return slots
}
