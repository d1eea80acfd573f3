import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { everyAttack } from '../../../agent/attack/every-attack.ts'
import type { AttackReport } from '../../../agent/attack/write-report.ts'
import { systemClock } from '../../../agent/basics/clock.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { attackCommand } from '../../../agent/commands/attack-command.ts'
import { customersSettings, programOf } from './customers-agent.ts'

/** An attack that cannot fail shows nothing: attacks an agent that lacks `check` (break-agent.ts), and the report has to say that each of `failed` did. */
export async function failsWithout(check: string, failed: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'attack-report-'))
  const file = join(folder, 'report.json')
  const told: string[] = []
  try {
    const held = await attackCommand({
      settings: customersSettings(),
      program: programOf(`--import=${new URL(`break-agent.ts?${check}`, import.meta.url).href}`),
      clock: systemClock,
      random: systemRandom,
      report: file,
      json: true,
      say: () => {},
      tell: (line) => void told.push(line),
      attacks: everyAttack.filter(({ id }) => failed.includes(id)),
    })
    const report = JSON.parse(await readFile(file, 'utf8')) as AttackReport
    expect(report.attacks.map(({ id, passed }) => [id, passed])).toEqual(failed.map((id) => [id, false]))
    // They failed by what was seen, not since they could not be tried.
    expect(report.attacks.filter(({ happened }) => happened.every((one) => one.held))).toEqual([])
    // Whatever it lacks, no byte of a gateway ends it.
    expect(report.attacks.flatMap(({ happened }) => happened).filter(({ what }) => what === 'the agent has ended')).toEqual([])
    expect([held, report.passed, told.at(-1)]).toEqual([false, false, 'Not every attack was held off.'])
  } finally {
    await rm(folder, { recursive: true })
  }
}
