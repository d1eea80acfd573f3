import { expect, it } from 'vitest'
import { streamAttacks } from '../../../agent/attack/list/streams.ts'
import { runAttacks } from '../../../agent/attack/run-attacks.ts'
import { startField } from '../../../agent/attack/start-field.ts'
import { systemClock } from '../../../agent/basics/clock.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { customersSettings, programOf } from './customers-agent.ts'

const attacks = streamAttacks

/** An attack that cannot fail shows nothing: each of these agents lacks one check, and the attacks on that check have to say so. */
it.each([
  { check: 'approval', failed: ['stream-without-approval', 'stream-before-the-press', 'stream-after-the-end'] },
  { check: 'service', failed: ['stream-to-another-service'] },
])('an agent without its check of $check fails $failed', async ({ check, failed }) => {
  const program = programOf(`--import=${new URL(`break-agent.ts?${check}`, import.meta.url).href}`)
  await using field = await startField({ settings: customersSettings(), program, clock: systemClock, random: systemRandom })
  const results = await runAttacks(
    field,
    attacks.filter(({ id }) => failed.includes(id)),
  )
  expect(results.map(({ attack, passed }) => [attack.id, passed])).toEqual(failed.map((id) => [id, false]))
  expect(results.map(({ problem }) => problem)).toEqual(failed.map(() => null))
})
