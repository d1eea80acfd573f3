import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exampleApproval, exampleSession } from '../storage/testing/example-records.ts'
import { endReasons, type Session } from './session.ts'
import {
  approve,
  askExtension,
  dropExtension,
  end,
  extend,
  markTunnel,
  open,
  shown,
  type DecisionNote,
  type Transition,
} from './transitions.ts'

const note: DecisionNote = { id: `dec_${'0'.repeat(32)}`, action: 'open', allow: true, revision: `sha256:${'0'.repeat(64)}`, codes: [] }
const operator = { kind: 'operator', id: 'Olga' } as const
const atS = exampleApproval.grantedAt + 10

const steps: Readonly<Record<string, (session: Session) => Transition>> = {
  shown: (session) => shown(session, atS),
  approve: (session) => approve(session, exampleApproval, [note]),
  open: (session) => open(session, atS, note),
  ask: (session) => askExtension(session, { ...session.request, kind: 'extend' }, [note]),
  extend: (session) => extend(session, { ...exampleApproval, expiresAt: exampleApproval.expiresAt + 60 }, [note]),
  drop: (session) => dropExtension(session, 'timeout', operator),
  lost: (session) => markTunnel(session, atS),
  back: (session) => markTunnel(session, null),
  ...Object.fromEntries(
    endReasons.map((reason) => [
      `end ${reason}`,
      (session: Session) => end(session, { reason, atS, actor: { kind: 'gateway', id: 'gateway' }, by: null }),
    ]),
  ),
}

/** What a transition gives, or undefined where the state machine refuses it. */
function attempt(session: Session, step: string): Transition | undefined {
  try {
    return steps[step]?.(session)
  } catch (error) {
    expect(error).toMatchObject({ remedy: 'conflict' })
    return undefined
  }
}

describe('the state machine of a session', () => {
  it('ends at most once, with one reason, and starts its time at the approval, in any order of steps', () => {
    const order = ['requested', 'awaiting_approval', 'approved', 'open', 'ended']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Object.keys(steps)), { maxLength: 25 }), (sequence) => {
        let session = exampleSession('a')
        let endings = 0
        for (const step of sequence) {
          const next = attempt(session, step)
          if (next === undefined) continue
          expect(next.session.version).toBe(session.version + 1)
          expect(order.indexOf(next.session.state)).toBeGreaterThanOrEqual(order.indexOf(session.state))
          if (session.state !== 'ended' && next.session.state === 'ended') endings += 1
          expect(next.session.expiresAt === null).toBe(next.session.approval === null)
          expect(next.session.endReason === null).toBe(next.session.state !== 'ended')
          for (const event of next.events) expect(event.session).toBe(session.id)
          session = next.session
        }
        expect(endings).toBeLessThanOrEqual(1)
        if (session.approvedAt !== null) expect(session.approvedAt).toBe(exampleApproval.grantedAt)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['shown', 'approve', 'open', 'ask', 'extend', 'drop', 'lost', 'back', 'end completed'])(
    'refuses %s once it has ended',
    (step) => {
      const ended = end(exampleSession('a'), { reason: 'withdrawn', atS, actor: { kind: 'gateway', id: 'gateway' }, by: null }).session
      expect(attempt(ended, step)).toBeUndefined()
    },
  )

  it('takes one question for more time at once', () => {
    const approved = approve(exampleSession('a'), exampleApproval, [note]).session
    const asked = askExtension(approved, { ...approved.request, kind: 'extend' }, [note]).session
    expect(attempt(asked, 'ask')).toBeUndefined()
    expect(dropExtension(asked, 'refused', operator).session).toMatchObject({ pendingExtension: null, expiresAt: approved.expiresAt })
  })

  it('seals what names a person in its events', () => {
    const { events } = end(exampleSession('a'), { reason: 'refused', atS, actor: { kind: 'operator', id: 'Olga' }, by: 'Olga' })
    expect(events.map(({ type }) => type)).toEqual(['request.refused', 'session.ended'])
    expect(events.at(-1)?.detail).toMatchObject({ by: { sealedValue: 'Olga' }, reason: 'refused' })
  })
})
