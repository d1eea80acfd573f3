import { expect } from 'vitest'
import type { SessionPage } from '../../gateway/http-api/contract/sessions.ts'
import { recordedEvents } from '../support/recorded-events.ts'
import { askFor, openService, untilOnline } from '../support/technician-at-work.ts'
import { operator, type InstallationUnderFault } from './installation-under-fault.ts'

/** What happened to a session, without the decisions on the way. */
export const historyOf = ({ installation }: InstallationUnderFault, session: string): readonly string[] =>
  recordedEvents(installation.dataDir)
    .ofSession(session)
    .map(({ type }) => type)
    .filter((type) => type !== 'decision.made')

/** After the restart: approved, opened, used, ended, each recorded once. */
export async function expectTheRestOfTheWay(world: InstallationUnderFault, id: string): Promise<void> {
  const { mia, panel } = world
  await untilOnline(mia)
  const session = await mia.waitForSession(id, ({ state, tunnel_lost_at }) => state === 'approved' && tunnel_lost_at === null)
  expect(session).toMatchObject({ state: 'approved', approved_by: operator, tunnel_lost_at: null })
  const work = await openService(mia, id)
  expect(work.status).toBe(200)
  await (await work.socket('/count')).next()
  expect((await panel.end(operator)).status).toBe(200)
  expect(await mia.waitForSession(id, ({ state }) => state === 'ended')).toMatchObject({ end_reason: 'ended_by_operator' })
  expect(historyOf(world, id)).toEqual(['session.requested', 'notice.shown', 'approval.given', 'session.opened', 'session.ended'])
}

/** Killed that long after somebody asked: whatever was acknowledged is there, and gateway and machine say the same. */
export async function killWhileAsking(world: InstallationUnderFault, delayMs: number): Promise<void> {
  const { installation, mia, panel } = world
  const asking = askFor(mia).catch(() => null)
  // Not a wait for something: the moment of the fault.
  await new Promise((resolve) => setTimeout(resolve, delayMs))
  await world.kill('gateway')
  const acknowledged = await asking
  await installation.startGateway()
  await untilOnline(mia)
  const { body } = await mia.api<SessionPage>('GET', '/api/v1/sessions?live=true')
  const [id] = body.items.map((session) => session.id)
  if (acknowledged?.status === 201) expect(id).toBe(acknowledged.body.id)
  if (id === undefined) return expect((await panel.waitFor(({ request }) => request === null)).request).toBeNull()
  const session = await mia.waitForSession(id, ({ state }) => state !== 'requested')
  const { request } = await panel.state()
  expect([session.state, request?.session ?? null]).toEqual(request === null ? ['ended', null] : ['awaiting_approval', id])
  if (request !== null) await panel.refuse(id, { operator, how: 'refused' })
  await mia.waitForSession(id, ({ state }) => state === 'ended')
  expect(historyOf(world, id).filter((type) => type === 'session.ended')).toHaveLength(1)
}
