import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { approvedSession, askFor, openService, untilOnline } from '../support/technician-at-work.ts'
import { expectTheRestOfTheWay, historyOf, killWhileAsking } from './after-a-kill.ts'
import { operator, startUnderFault, type InstallationUnderFault } from './installation-under-fault.ts'

/** R1 of security.md, section 4.1: more moments than `kills.test.ts` has. */
let world: InstallationUnderFault
beforeAll(async () => {
  world = await startUnderFault({ service: 'plain' })
})
afterAll(() => world[Symbol.asyncDispose]())
afterEach(() => world.expectSound())

describe('kill -9 of the gateway', () => {
  it('while the operator is asked: the press counts once it is back', async () => {
    const { installation, mia, panel } = world
    const { body } = await askFor(mia)
    await panel.waitFor((state) => state.request?.session === body.id)
    await world.kill('gateway')
    expect((await panel.approve(body.id, { operator })).status).toBe(200)
    await installation.startGateway()
    await expectTheRestOfTheWay(world, body.id)
  })

  it('in an approved session that nobody opened yet: it can be opened', async () => {
    const { installation, mia, panel } = world
    const { id } = await approvedSession({ technician: mia, panel, operator })
    await world.kill('gateway')
    await installation.startGateway()
    await expectTheRestOfTheWay(world, id)
  })

  it('right after it acknowledged that the technician ended the session: it stays ended, on both sides', async () => {
    const { installation, mia, panel } = world
    const session = await approvedSession({ technician: mia, panel, operator })
    const socket = await (await openService(mia, session.id)).socket('/count')
    await socket.next()
    expect((await mia.api('POST', `/api/v1/sessions/${session.id}/end`)).status).toBeLessThan(300)
    await world.kill('gateway')
    await installation.startGateway()
    await untilOnline(mia)
    expect(await mia.waitForSession(session.id, ({ state }) => state === 'ended')).toMatchObject({ end_reason: 'ended_by_technician' })
    const { session: live } = await panel.waitFor((state) => state.session === null)
    expect(live).toBeNull()
    expect(historyOf(world, session.id).filter((type) => type === 'session.ended')).toHaveLength(1)
  })

  it.each([0, 5, 20, 40, 60, 100])('%i ms after the request was sent: both sides agree on what became of it', (delayMs) =>
    killWhileAsking(world, delayMs),
  )
})
