import { it } from 'vitest'
import { loseNothingByKills } from './testing/lose-nothing-by-kills.ts'

it('a process that is killed at twenty moments loses nothing that it acknowledged', () => loseNothingByKills(20))
