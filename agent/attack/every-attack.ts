import type { Attack } from './attack.ts'
import { consentAttacks } from './list/consent.ts'
import { floodAttacks } from './list/floods.ts'
import { httpAttacks } from './list/http.ts'
import { machineAttacks } from './list/machine.ts'
import { nonsenseAttacks } from './list/nonsense.ts'
import { recordAttacks } from './list/records.ts'
import { streamAttacks } from './list/streams.ts'

/** In the order in which they are tried. */
export const everyAttack: readonly Attack[] = [
  ...streamAttacks,
  ...consentAttacks,
  ...httpAttacks,
  ...nonsenseAttacks,
  ...recordAttacks,
  ...floodAttacks,
  ...machineAttacks,
]
