import { setTimeout as wait } from 'node:timers/promises'
import type { Session, SessionPage } from '../../../gateway/http-api/contract/sessions.ts'
import { askFor, openService, type Work } from '../../support/technician-at-work.ts'
import { operator, type InstallationUnderFault } from '../installation-under-fault.ts'

/** How a session of the main job came to its end: by the technician at the end of the way, or before that for a reason. */
export interface WayOfASession {
  readonly session: string
  readonly endReason: string
}

const patienceMs = 120_000
const askAgainMs = 50

/**
 * The whole way of people who do not give up: ask, approve, open, use, extend, use, end. Whatever fails is looked at and tried again, as a
 * person at the portal or a command line would; nobody looks into a program.
 */
export async function doMainJob(world: InstallationUnderFault): Promise<WayOfASession> {
  const { mia, panel, told } = world
  const way: { session: string; expiresAt: number; work: Work | null } = { session: '', expiresAt: 0, work: null }
  const now = async (): Promise<Session> => (await mia.api<Session>('GET', `/api/v1/sessions/${way.session}`)).body
  const isOver = async (): Promise<boolean> => (await now()).state === 'ended'

  const newest = async (): Promise<string> => (await mia.api<SessionPage>('GET', '/api/v1/sessions?limit=1')).body.items[0]?.id ?? ''
  let before = ''
  await persist('look', async () => {
    before = await newest()
    return true
  })
  await persist('ask', async () => {
    // Stored before the answer was lost, and over by now, perhaps: that is the session that was asked for, and no second one.
    const mine = await newest()
    const asked = mine === before ? await askFor(mia, { duration_s: 900 }) : null
    if (asked?.status === 201) told.push({ what: 'requested', session: asked.body.id })
    way.session = mine === before ? (asked?.status === 201 ? asked.body.id : '') : mine
    return way.session !== ''
  })
  await persist('approve', async () => {
    const { request, session } = await panel.state()
    if (session?.id === way.session || (await isOver())) return true
    if (request?.session === way.session && (await panel.approve(way.session, { operator })).ok)
      told.push({ what: 'approved', session: way.session })
    return false
  })
  await persist('open', async () => {
    if (await isOver()) return true
    way.work = await openService(mia, way.session)
    return way.work.status === 200
  })
  const use = async (): Promise<boolean> => {
    if ((await isOver()) || way.work === null) return true
    const answer = await way.work.get('/used')
    return answer.status === 200 && (await answer.text()).includes('/used')
  }
  await persist('use', use)
  await persist('extend', async () => {
    const session = await now()
    if (session.state === 'ended' || session.extensions === 1) return true
    const { request } = await panel.state()
    if (request?.session === way.session) await panel.approve(way.session, { operator })
    else if (session.extension === null) await mia.api('POST', `/api/v1/sessions/${way.session}/extend`, { duration_s: 600 })
    return false
  })
  await persist('use again', use)
  let endReason = ''
  await persist('end', async () => {
    const { state, end_reason } = await now()
    endReason = String(end_reason)
    if (state === 'ended') return true
    const { status } = await mia.api('POST', `/api/v1/sessions/${way.session}/end`)
    if (status < 300) told.push({ what: 'ended', session: way.session })
    return false
  })
  return { session: way.session, endReason }
}

/** Until the step says that it is done. A program that is away, and an answer that is none, are reasons to try again. */
async function persist(what: string, step: () => Promise<boolean>): Promise<void> {
  const endsMs = performance.now() + patienceMs
  let last: unknown
  while (performance.now() < endsMs) {
    try {
      if (await step()) return
      last = 'not done'
    } catch (error) {
      last = error
    }
    await wait(askAgainMs)
  }
  throw new Error(`${what} did not come through within ${patienceMs} ms`, { cause: last })
}
