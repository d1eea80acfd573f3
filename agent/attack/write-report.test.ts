import { describe, expect, it } from 'vitest'
import type { AttackResult } from './run-attacks.ts'
import { attackReport, reportText } from './write-report.ts'

const result = (change: Partial<AttackResult> = {}): AttackResult => ({
  attack: { id: 'stream-without-approval', group: 'streams', tried: 'Open it', expected: 'It is refused' },
  passed: true,
  problem: null,
  observations: [{ what: 'it was refused', held: true }],
  ...change,
})
const report = (results: readonly AttackResult[]) =>
  attackReport({
    version: '1.2.3',
    node: '24.21.0',
    platform: 'linux x64',
    began: '2026-11-26T10:00:00.000Z',
    ended: '2026-11-26T10:02:00.000Z',
    device: { id: 'press-1', name: 'Press | <b>1</b>\n# forged', site: 'Hall 3' },
    services: [],
    notes: [],
    results,
  })

describe('the report of attacks', () => {
  it('has passed only if something was tried and all of it was held off', () => {
    expect(report([]).passed).toBe(false)
    expect(report([result()]).passed).toBe(true)
    expect(report([result(), result({ passed: false })]).passed).toBe(false)
  })

  it('names what failed at its head, and shows all of that, of what held a part', () => {
    const observations = [
      ...Array.from({ length: 20 }, (_, at) => ({ what: `look ${at}`, held: true })),
      { what: 'it went through', held: false },
      { what: 'it went through again', held: false },
    ]
    const text = reportText(report([result({ passed: false, observations })]))
    expect(text).toContain('**Failed.** 1 of 1 attacks were not held off: stream-without-approval.')
    expect(text).toContain(
      '| **FAILED** | `stream-without-approval`: Open it | It is refused | **it went through**; **it went through again**; look 0;',
    )
    expect(text).toContain('and 14 more that held')
    expect(text).not.toContain('look 6')
  })

  it('says what could not be tried', () => {
    const text = reportText(report([result({ passed: false, problem: 'The agent did not come.' })]))
    expect(text).toContain('**could not be tried to its end: The agent did not come.**')
  })

  it('lets no name of a device write into it', () => {
    const text = reportText(report([result()]))
    expect(text).not.toContain('<b>')
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toEqual(['# Attack on Press \\| &lt;b>1&lt;/b> # forged'])
  })
})
