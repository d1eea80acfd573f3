import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Field } from '../../../agent/attack/attack.ts'
import { consentAttacks } from '../../../agent/attack/list/consent.ts'
import { standingAttacks } from '../../../agent/attack/list/standing.ts'
import { streamAttacks } from '../../../agent/attack/list/streams.ts'
import { runAttacks } from '../../../agent/attack/run-attacks.ts'
import { startField } from '../../../agent/attack/start-field.ts'
import { systemClock } from '../../../agent/basics/clock.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { customersSettings, programOf } from './customers-agent.ts'

/** What would let somebody in; `every-attack.long.test.ts` tries all. Those that wait for the end of an approval, or for another start of the agent, are among the others. */
const waiting: ReadonlySet<string> = new Set(['extension-without-a-press', 'stream-after-the-time', 'window-that-was-withdrawn'])
const attacks = [...streamAttacks, ...consentAttacks, ...standingAttacks].filter(({ id }) => !waiting.has(id))

/** A gateway that was taken over, with a certificate that the agent trusts (security.md, 3.2), against a real agent process. */
let field: Field & AsyncDisposable
beforeAll(async () => {
  field = await startField({ settings: customersSettings(), program: programOf(), clock: systemClock, random: systemRandom })
}, 60_000)
afterAll(() => field[Symbol.asyncDispose]())

it.each(attacks)(
  '$id: $tried',
  async (attack) => {
    const [result] = await runAttacks(field, [attack])
    expect({ problem: result?.problem, failed: result?.observations.filter(({ held }) => !held) }).toEqual({ problem: null, failed: [] })
    expect(result?.passed).toBe(true)
  },
  60_000,
)
