import { expect, it } from 'vitest'
import { wholeInstallation } from '../basics/scope.ts'
import { approve, askExtension, end, extend, open, request, shown } from '../sessions/transitions.ts'
import { exampleApproval, exampleSession, storeExamples } from './testing/example-records.ts'
import { temporaryStorage } from './testing/temporary-storage.ts'

it('keeps the whole way of a session, and each step is an event of the machine’s log', async () => {
  await using temporary = await temporaryStorage()
  const { storage } = temporary
  await storeExamples(storage)
  const note = { id: `dec_${'0'.repeat(32)}`, action: 'open', allow: true, revision: `sha256:${'0'.repeat(64)}`, codes: [] }
  const asked = request(exampleSession('s'), [note])
  await storage.sessions.insert(asked.session, asked.events)
  let { session } = asked
  const steps = [
    () => shown(session, 1_790_000_001),
    () => approve(session, exampleApproval, [note]),
    () => open(session, 1_790_000_020, note),
    () => askExtension(session, { ...session.request, kind: 'extend' }, [note]),
    () => extend(session, { ...exampleApproval, expiresAt: exampleApproval.expiresAt + 600 }, [note]),
    () => end(session, { reason: 'ended_by_operator', atS: 1_790_000_200, actor: { kind: 'operator', id: 'Olga' }, by: 'Olga' }),
  ]
  for (const step of steps) {
    const transition = step()
    await storage.sessions.update(transition.session, transition.events)
    session = transition.session
    expect(await storage.sessions.find(wholeInstallation, session.id)).toEqual(session)
  }
  const { items } = await storage.events.list(wholeInstallation, { session: session.id }, { limit: 50, after: null })
  expect(items.toReversed().map(({ seq, type }) => `${seq} ${type}`)).toEqual([
    '0 session.requested',
    '1 decision.made',
    '2 notice.shown',
    '3 approval.given',
    '4 decision.made',
    '5 decision.made',
    '6 session.opened',
    '7 session.requested',
    '8 decision.made',
    '9 approval.given',
    '10 decision.made',
    '11 session.extended',
    '12 session.ended',
  ])
  expect(items[0]).toMatchObject({ actor: { kind: 'operator', id: 'Olga' }, detail: { by: 'Olga', reason: 'ended_by_operator' } })
})
