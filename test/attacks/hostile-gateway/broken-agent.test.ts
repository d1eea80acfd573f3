import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { everyAttack } from '../../../agent/attack/every-attack.ts'
import type { AttackReport } from '../../../agent/attack/write-report.ts'
import { systemClock } from '../../../agent/basics/clock.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { attackCommand } from '../../../agent/commands/attack-command.ts'
import { customersSettings, programOf } from './customers-agent.ts'

const chosen = (ids: readonly string[]) => everyAttack.filter(({ id }) => ids.includes(id))

async function reportOn(
  nodeArgs: readonly string[],
  ids: readonly string[],
): Promise<{ readonly held: boolean; readonly report: AttackReport; readonly told: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'attack-report-'))
  const file = join(folder, 'report.json')
  const told: string[] = []
  try {
    const held = await attackCommand({
      settings: customersSettings(),
      program: programOf(...nodeArgs),
      clock: systemClock,
      random: systemRandom,
      report: file,
      json: true,
      say: () => {},
      tell: (line) => void told.push(line),
      attacks: chosen(ids),
    })
    return { held, report: JSON.parse(await readFile(file, 'utf8')) as AttackReport, told }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** An attack that cannot fail shows nothing: each of these agents lacks one check, and the attacks on that check have to say so. */
it.each([
  { check: 'approval', failed: ['stream-without-approval', 'stream-before-the-press', 'stream-after-the-end'] },
  { check: 'service', failed: ['stream-to-another-service'] },
  { check: 'time', failed: ['stream-after-the-time', 'extension-without-a-press'] },
  { check: 'pause', failed: ['bytes-while-paused'] },
  { check: 'viewOnly', failed: ['bytes-while-view-only'] },
  { check: 'digest', failed: ['request-replaced-under-the-press', 'extension-replaced-under-the-press'] },
  { check: 'party', failed: ['request-for-somebody-else'] },
  { check: 'knownId', failed: ['session-id-used-twice', 'approval-replayed'] },
  { check: 'window', failed: ['window-of-another-technician'] },
  { check: 'operatorsEnd', failed: ['coming-back-after-the-end'] },
  { check: 'originForm', failed: ['request-for-another-address'] },
  { check: 'framing', failed: ['request-smuggled'] },
  { check: 'pace', failed: ['flood-of-requests'] },
  { check: 'record', failed: ['refusals-are-shown'] },
  { check: 'lost', failed: ['records-say-that-a-session-lives'] },
  { check: 'panelTarget', failed: ['service-that-is-the-panel'] },
])(
  'the report on an agent without its check of $check says that it failed $failed',
  async ({ check, failed }) => {
    const { held, report, told } = await reportOn([`--import=${new URL(`break-agent.ts?${check}`, import.meta.url).href}`], failed)
    expect(report.attacks.map(({ id, passed }) => [id, passed])).toEqual(failed.map((id) => [id, false]))
    // They failed by what was seen, not since they could not be tried.
    expect(report.attacks.filter(({ happened }) => happened.every((one) => one.held))).toEqual([])
    expect([held, report.passed, told.at(-1)]).toEqual([false, false, 'Not every attack was held off.'])
  },
  60_000,
)
