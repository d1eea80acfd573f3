import type { Attack } from './attack.ts'
import { callAttacks } from './list/calls.ts'
import { consentAttacks } from './list/consent.ts'
import { floodAttacks } from './list/floods.ts'
import { httpAttacks } from './list/http.ts'
import { laneAttacks } from './list/lanes.ts'
import { machineAttacks } from './list/machine.ts'
import { nonsenseAttacks } from './list/nonsense.ts'
import { recordAttacks } from './list/records.ts'
import { standingAttacks } from './list/standing.ts'
import { streamAttacks } from './list/streams.ts'
import { switchAttacks } from './list/switches.ts'
import { talkAttacks } from './list/talk.ts'

/** In the order in which they are tried. */
export const everyAttack: readonly Attack[] = [
  ...streamAttacks,
  ...laneAttacks,
  ...consentAttacks,
  ...standingAttacks,
  ...callAttacks,
  ...talkAttacks,
  ...switchAttacks,
  ...httpAttacks,
  ...nonsenseAttacks,
  ...recordAttacks,
  ...floodAttacks,
  ...machineAttacks,
]
