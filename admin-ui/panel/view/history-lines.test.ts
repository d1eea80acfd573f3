import { describe, expect, it } from 'vitest'
import type { PanelAct, PanelHistoryEntry } from '../../../agent/panel/panel-api.ts'
import { historyLines, knownSince } from './history-lines.ts'

const session = (n: number, at: number): PanelHistoryEntry => ({
  session: `ses_${n}`,
  technician: { id: 'per_1', name: 'Mia', organisation: 'Northwind' },
  started_at: at,
  ended_at: at,
  outcome: 'ended',
  reason: null,
  by: null,
  messages: 0,
  recording: null,
})
const act = (at: number): PanelAct => ({ at, act: 'service_on', service: 'hmi', by: 'Olga' })
const many = <T>(count: number, make: (n: number) => T): readonly T[] => Array.from({ length: count }, (_, n) => make(n))

describe('the history on the panel', () => {
  it('is shown down to where both lists are known, so that no older page comes between its lines', () => {
    // Of the sessions the last 20 are told, which reach back to 100; of the acts three, which are all.
    const newest = { history: many(20, (n) => session(n, 290 - n * 10)), acts: [act(250), act(105), act(40)] }
    expect(knownSince(newest)).toBe(100)
    const lines = historyLines(newest, [])
    expect([lines.length, lines.at(-1)?.at]).toEqual([22, 100])
    const older = historyLines(newest, [{ history: [session(19, 100), session(20, 60)], acts: [act(40)] }])
    expect(older.map(({ at }) => at).slice(-3)).toEqual([100, 60, 40])
    expect(older.length).toBe(24)
  })

  it('knows that there is nothing before what an agent with a short past tells', () => {
    const short = { history: [session(1, 5)], acts: [act(9)] }
    expect([knownSince(short), historyLines(short, []).map(({ at }) => at)]).toEqual([-Infinity, [9, 5]])
  })
})
