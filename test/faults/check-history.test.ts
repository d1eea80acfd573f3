import { describe, expect, it } from 'vitest'
import { exampleDecisionInput } from '../../gateway/decisions/example-decision-input.ts'
import { boundMs, checkHistory } from './check-history.ts'
import type { GatewayEvent, History } from './history.ts'

/** The checker judges every fault test, so it is shown here that it sees each violation: histories made by hand, each with one fault. */
const device = 'press-7'
const session = 'ses_1'
const approvedMs = 1_800_000_000_000
const endedMs = approvedMs + 60_000
const input = (action: 'open' | 'use') => exampleDecisionInput({ action })

function event(seq: number, type: string, more: Partial<GatewayEvent> = {}): GatewayEvent {
  const atMs = approvedMs + seq * 1_000
  return { log: `g:${device}`, seq, atMs, boot: 'a', mono: seq * 1_000, type, session, detail: {}, ...more }
}

const decided = (seq: number, action: string, decision: string): GatewayEvent =>
  event(seq, 'decision.made', { detail: { action, allow: true, decision } })

/** Asked, approved, opened, used, ended. */
function sound(): History {
  return {
    gateway: {
      events: [
        event(0, 'session.requested', { atMs: approvedMs - 2_000 }),
        event(1, 'notice.shown', { atMs: approvedMs - 1_000 }),
        event(2, 'approval.given'),
        decided(3, 'open', 'dec_1'),
        event(4, 'session.opened'),
        event(5, 'session.ended', { atMs: endedMs, detail: { reason: 'ended_by_operator' } }),
      ],
      sessions: [
        {
          id: session,
          device,
          state: 'ended',
          approvedAtS: approvedMs / 1000,
          expiresAtS: approvedMs / 1000 + 600,
          endReason: 'ended_by_operator',
        },
      ],
      decisions: [{ id: 'dec_1', atMs: approvedMs + 3_000, allow: true, session, input: input('open') }],
      carriedOut: { [device]: 9 },
    },
    agents: [
      {
        device,
        sessions: [{ id: session, outcome: 'ended', startedAtMs: approvedMs, endedAtMs: endedMs, reason: 'ended_by_operator' }],
        kept: [
          { n: 8, type: 'approval.given', session },
          { n: 9, type: 'session.ended', session },
        ],
        lastEvent: 9,
      },
    ],
    bytes: [{ device, atMs: approvedMs + 5_000, bytes: 100 }],
    told: [
      { what: 'requested', session },
      { what: 'approved', session },
      { what: 'ended', session },
    ],
    resources: [{ name: 'gateway', before: { openFiles: 30, residentBytes: 100 }, after: { openFiles: 30, residentBytes: 104 } }],
  }
}

type Draft<T> = T extends readonly (infer Item)[] ? Draft<Item>[] : T extends object ? { -readonly [Name in keyof T]: Draft<T[Name]> } : T
type Spoil = (history: Draft<History>) => void

function judged(spoil: Spoil): string[] {
  const history = structuredClone(sound()) as Draft<History>
  spoil(history)
  return checkHistory(history as History).map(({ invariant, what }) => `${invariant} ${what}`)
}

const seen = (history: Draft<History>, atMs: number): void => void history.bytes.push({ device, atMs, bytes: 1 })
const sessionOf = ({ gateway }: Draft<History>) => gateway.sessions[0] as Draft<History['gateway']['sessions'][number]>
const thereOf = ({ agents }: Draft<History>) => agents[0]?.sessions[0] as Draft<History['agents'][number]['sessions'][number]>
const live: Spoil = (history) => {
  history.gateway.events.pop()
  Object.assign(sessionOf(history), { state: 'open', endReason: null })
  Object.assign(thereOf(history), { outcome: 'approved', endedAtMs: null, reason: null })
  history.told.pop()
}
const both =
  (...spoils: readonly Spoil[]): Spoil =>
  (history) =>
    spoils.forEach((spoil) => spoil(history))

const faults: readonly (readonly [string, Spoil, RegExp])[] = [
  ['I1: a byte before the press', (history) => seen(history, approvedMs - 1), /1 bytes reached press-7 at .* outside of ses_1/],
  ['I1: a byte after the end', (history) => seen(history, endedMs + boundMs + 1), /outside of ses_1/],
  ['I1: a byte after the machine had ended it', (history) => (thereOf(history).endedAtMs = approvedMs + 1_000), /outside of ses_1/],
  ['I1: a byte after its time', both(live, (history) => seen(history, approvedMs + 600_000 + boundMs + 1)), /outside of ses_1/],
  [
    'I1: a byte after the revocation',
    both(live, ({ told }) => told.push({ what: 'revoked', session, atMs: approvedMs + 1_000 })),
    /outside of ses_1/,
  ],
  [
    'I1: a byte to a machine without a session',
    ({ bytes }) => bytes.push({ device: 'other', atMs: approvedMs + 1, bytes: 1 }),
    /reached other/,
  ],
  ['I1: a byte in a session that the operator refused', (history) => (thereOf(history).outcome = 'refused'), /outside of any session/],

  ['I2: a request', ({ gateway }) => (gateway.sessions = []), /the gateway does not know it/],
  ['I2: an approval at the machine', ({ agents }) => (agents[0]!.sessions = []), /the machine has lost it/],
  ['I2: an approval at the gateway', both(live, ({ gateway }) => gateway.events.splice(2, 1)), /the gateway has not heard of it/],
  ['I2: an ending at the gateway', both(live, ({ told }) => told.push({ what: 'ended', session })), /lives on at the gateway/],
  [
    'I2: an ending at the machine',
    (history) => Object.assign(thereOf(history), { outcome: 'approved', endedAtMs: null }),
    /lives on at the machine/,
  ],
  ['I2: a refusal', both(live, ({ told }) => told.push({ what: 'refused', session })), /was refused, and lives on/],
  [
    'I2: an event of the machine',
    ({ gateway }) => (gateway.carriedOut[device] = 8),
    /has carried out event 8 of press-7, whose newest is 9/,
  ],
  ['I2: events that no machine gave', ({ gateway }) => (gateway.carriedOut[device] = 10), /has carried out event 10/],
  [
    'I2: a session that one side has ended',
    both(live, (history) => Object.assign(thereOf(history), { outcome: 'ended', endedAtMs: endedMs })),
    /is over at the machine, and open/,
  ],

  ['I3: a gap', ({ gateway }) => gateway.events.splice(1, 1), /has 2 where 1 belongs/],
  ['I3: a number twice', ({ gateway }) => (gateway.events[4]!.seq = 3), /has 3 where 4 belongs/],
  ['I3: two processes that write in turns', ({ gateway }) => (gateway.events[3]!.boot = 'b'), /after a later process had begun/],
  ['I3: time that goes back', ({ gateway }) => (gateway.events[4]!.mono = 0), /goes back in its process's time/],
  ['I3: a gap at the machine', ({ agents }) => (agents[0]!.kept[0]!.n = 7), /keeps event 7/],

  [
    'I4: a yes without an approval',
    ({ gateway }) => (gateway.decisions[0]!.input = { ...input('open'), approval: null }),
    /without an approval/,
  ],
  [
    'I4: a yes with a fact that is not there',
    ({ gateway }) => (gateway.decisions[0]!.input = { ...input('open'), device: undefined }),
    /device:/,
  ],
  ['I4: a yes that nobody logged', ({ gateway }) => (gateway.decisions = []), /no such yes/],
  ['I4: a session opened without a decision', ({ gateway }) => (gateway.events[3]!.type = 'notice.shown'), /opened without a decision/],
  ['I4: a session opened without an approval', ({ gateway }) => (gateway.events[2]!.type = 'notice.shown'), /opened without an approval/],
  [
    'I4: a session that goes on after a kill without a new decision',
    both(
      ({ told }) => told.push({ what: 'killed', atMs: approvedMs + 3_500 }),
      (history) => seen(history, approvedMs + 9_000),
    ),
    /nothing was decided since/,
  ],

  [
    'I5: two endings',
    ({ gateway }) => gateway.events.push(event(6, 'session.ended', { detail: { reason: 'ended_by_operator' } })),
    /has ended 2 times/,
  ],
  ['I5: no ending', ({ gateway }) => gateway.events.pop(), /has ended 0 times/],
  ['I5: two reasons', (history) => (sessionOf(history).endReason = 'time_limit'), /ended for time_limit and ended_by_operator/],
  [
    'I5: an ending of a session that lives',
    (history) => Object.assign(sessionOf(history), { state: 'open', endReason: null }),
    /is open and has ended 1 times/,
  ],
  ['I5: a session that comes back', ({ gateway }) => gateway.events.push(event(6, 'session.opened')), /went on after its end/],

  ['I6: open files', ({ resources }) => (resources[0]!.after.openFiles = 31), /has 31 open files, before 30/],
  ['I6: memory', ({ resources }) => (resources[0]!.after.residentBytes = 106), /has grown by 6.0 %/],
]

describe('the checker', () => {
  it('finds nothing in a sound history, whether its session is over or goes on', () => {
    expect(judged(() => {})).toEqual([])
    expect(judged(live)).toEqual([])
  })

  it.each(faults)('%s', (name, spoil, expected) => {
    const found = judged(spoil)
    expect(
      found.some((violation) => violation.startsWith(name.slice(0, 2)) && expected.test(violation)),
      found.join('\n'),
    ).toBe(true)
  })

  it('bears a byte that was on its way, memory that shrinks, and a session that was decided anew after a kill', () => {
    expect(judged(({ told }) => told.push({ what: 'killed', atMs: approvedMs + 2_000 }))).toEqual([])
    expect(judged((history) => seen(history, endedMs + boundMs))).toEqual([])
    expect(judged(({ resources }) => (resources[0]!.after = { openFiles: 3, residentBytes: 10 }))).toEqual([])
  })
})
