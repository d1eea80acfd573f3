import { afterAll, beforeAll, expect, it } from 'vitest'
import { waitedMs } from '../support/waited-for-processor.ts'
import { expectSoundHistory, historyOf, operator, startUnderFault, type InstallationUnderFault } from './installation-under-fault.ts'

/**
 * R11 of security.md, section 4.1: whatever is taken away, the streams that depend on it are closed within a second here and within two at the machine. Without
 * the time in which other programs had the processors. `test/journeys/denials.test.ts` takes more away, and reads what people are told.
 */
const hereWithinMs = 1_000
const atMachineWithinMs = 2_000
const machineId = 'press-7'

let world: InstallationUnderFault
beforeAll(async () => {
  world = await startUnderFault()
})
afterAll(() => world[Symbol.asyncDispose]())

interface TakenAway {
  readonly what: string
  readonly reason: string
  take(): Promise<unknown>
  giveBack(): Promise<unknown>
}

const nothing = async (): Promise<void> => {}
/** The last one is for ever. */
const all: readonly TakenAway[] = [
  {
    what: 'a training of the technician',
    reason: 'policy',
    take: () =>
      world.administrator.change('mia', { trainings: [] }).then((before) => (giveBack = () => world.administrator.restore(before))),
    giveBack: () => giveBack(),
  },
  { what: 'the approval, by the operator', reason: 'ended_by_operator', take: () => world.panel.end(operator), giveBack: nothing },
  {
    what: 'the switch, at the gateway',
    reason: 'switch_off',
    take: () => world.administrator.setSwitch(machineId, 'hmi', false),
    giveBack: () => world.administrator.setSwitch(machineId, 'hmi', true),
  },
  {
    what: 'the machine’s certificate',
    reason: 'revoked',
    take: () => world.administrator.act(machineId, 'revoke', 'Stolen'),
    giveBack: nothing,
  },
]
let giveBack: () => Promise<unknown> = nothing

it.each(all)('taken away: $what', async ({ reason, take, giveBack: after }) => {
  const { installation, machine, mia } = world
  const { session, socket, downloadEnded } = await world.live()
  const atMachine = machine.nextCloses()
  const pids = ['self', installation.gateway.pid, installation.agent.pid] as const
  const queued = (): number => pids.map(waitedMs).reduce((sum, ms) => sum + ms)
  const [began, queuedBefore] = [performance.now(), queued()]
  const taken = take()
  const within = (closedAtMs: number): number => closedAtMs - began - (queued() - queuedBefore)
  const here = Promise.all([socket.closed.then(within), downloadEnded.then(within)])
  const there = Promise.all([atMachine.socket.then(within), atMachine.download.then(within)])
  for (const ms of await here) expect(ms).toBeLessThan(hereWithinMs)
  for (const ms of await there) expect(ms).toBeLessThan(atMachineWithinMs)
  await taken
  expect(await mia.waitForSession(session, ({ state }) => state === 'ended')).toMatchObject({ end_reason: reason })
  await after()
  await expectSoundHistory(() => historyOf(installation, { told: world.told, resources: [], seen: [machine.seen, installation.seen] }))
})
