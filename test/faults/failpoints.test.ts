import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { doMainJob } from './failpoints/main-job.ts'
import { startWithFailpoints, type WorldWithFailpoints } from './failpoints/world-with-failpoints.ts'

/**
 * R1, R2 and R7 of security.md, section 4.1, at some commits; `failpoints.long.test.ts` goes to all of them. With the kills of
 * `kills.test.ts` these are the twenty restarts of R1's short form.
 */
let parts: WorldWithFailpoints
beforeAll(async () => {
  parts = await startWithFailpoints()
})
afterAll(() => parts[Symbol.asyncDispose]())
afterEach(async () => {
  await parts.disarm()
  await parts.world.expectSound()
})

const byTechnician = { endReason: 'ended_by_technician' }
const patienceMs = 300_000

describe('the way of a session', () => {
  it(
    'goes on over a gateway that is killed at each commit that moves it on',
    async () => {
      parts.gateway.plan({ run: 'again and again', fault: 'kill-after', where: 'sessions events', after: [2, 1, 1] })
      expect(await doMainJob(parts.world)).toMatchObject(byTechnician)
      const killedAt = ['notice.shown', 'approval.given', 'session.opened']
      expect(parts.gateway.fired()).toEqual(killedAt.map((type) => expect.stringContaining(type)))
    },
    patienceMs,
  )

  it(
    'ends with a gateway that is killed before the machine has heard of it',
    async () => {
      parts.gateway.plan({ run: 'unheard', fault: 'kill-after', where: 'session.requested', after: [1] })
      expect(await doMainJob(parts.world)).toMatchObject({ endReason: 'device_lost' })
    },
    patienceMs,
  )

  it(
    'goes on over a gateway that is killed before the machine has heard of the question for more time, which is asked again',
    async () => {
      parts.gateway.plan({ run: 'more time', fault: 'kill-after', where: 'session.requested', after: [2] })
      expect(await doMainJob(parts.world)).toMatchObject(byTechnician)
      expect(parts.gateway.fired()).toHaveLength(1)
    },
    patienceMs,
  )

  it(
    'ends where the commit of the approval is refused, rather than to go on without its record',
    async () => {
      parts.gateway.plan({ run: 'refused', fault: 'fail', where: 'approval.given', after: [1] })
      expect(await doMainJob(parts.world)).toMatchObject({ endReason: 'error' })
    },
    patienceMs,
  )

  it(
    'goes on over a gateway that ends because its disk is full when the session is opened',
    async () => {
      parts.gateway.plan({ run: 'full', fault: 'full', where: 'session.opened', after: [1] })
      expect(await doMainJob(parts.world)).toMatchObject(byTechnician)
      expect(parts.gateway.fired()).toHaveLength(1)
    },
    patienceMs,
  )

  it(
    'ends with the agent that is killed after it committed the press',
    async () => {
      parts.agent.plan({ run: 'killed', fault: 'kill-after', after: [1] })
      expect(await doMainJob(parts.world)).toMatchObject({ endReason: 'device_lost' })
    },
    patienceMs,
  )

  it(
    'waits for an agent whose disk is full when the button is pressed',
    async () => {
      parts.agent.plan({ run: 'full', fault: 'full', after: [1] })
      expect(await doMainJob(parts.world)).toMatchObject(byTechnician)
      expect(parts.agent.fired()).toHaveLength(1)
    },
    patienceMs,
  )
})
