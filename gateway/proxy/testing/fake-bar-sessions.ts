import { CodedError } from '../../basics/coded-error.ts'
import type { BarFacts, BarSessions } from '../bar/bar-sessions.ts'

/** One session as a bar knows it. */
export interface FakeBarSessions extends BarSessions {
  readonly now: BarFacts
  /** What was asked for. */
  readonly said: string[]
  ended: number
  /** Its next messages are refused with this code. */
  refusal: string | undefined
  mayAsk: boolean
  /** Bars that follow it. */
  readonly followers: number
  change(facts: Partial<BarFacts>): void
}

export function fakeBarSessions(): FakeBarSessions {
  const listeners = new Set<() => void>()
  let facts: BarFacts = {
    session: 'ses_00000000000000000000000000000001',
    state: 'open',
    machine: { name: 'Press 7', site: 'Ulm', online: true },
    service: 'Operating panel',
    operator: 'Olga Neumann',
    panel: true,
    recorded: true,
    watched: true,
    expires_at: Math.floor(Date.now() / 1000) + 1_800,
    conduct: { paused: false, view_only: false, held: null, by: null },
    messages: [],
    tunnel_lost_at: null,
    end_reason: null,
    ended_by: null,
  }
  const fake: FakeBarSessions = {
    get now() {
      return facts
    },
    said: [],
    ended: 0,
    refusal: undefined,
    mayAsk: true,
    get followers() {
      return listeners.size
    },
    change(next) {
      facts = { ...facts, ...next }
      for (const listener of listeners) listener()
    },
    facts: async () => facts,
    follow(_id, onChange) {
      listeners.add(onChange)
      return () => void listeners.delete(onChange)
    },
    async say(_id, text) {
      if (fake.refusal !== undefined)
        throw new CodedError({ code: fake.refusal, message: 'Not now.', remedy: 'fix', details: { status: 429 } })
      fake.said.push(text)
      const n = facts.messages.length + 1
      fake.change({ messages: [...facts.messages, { n, time_ms: Date.now(), from: 'technician', name: 'Mia Berg', text }] })
    },
    async end() {
      fake.ended += 1
      fake.change({ state: 'ended', end_reason: 'ended_by_technician', ended_by: 'Mia Berg' })
    },
    countRequest: () => fake.mayAsk,
  }
  return fake
}
