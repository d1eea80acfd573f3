import { describe, expect, it } from 'vitest'
import { checkMachineClock, noteMachineClock } from './machine-clock.ts'
import { sessionsWorld } from './testing/sessions-world.ts'

describe("a machine's clock", () => {
  it.each([
    [0, null],
    [300, null],
    [-300, null],
    [301, '5 minutes ahead'],
    [-3_600, '60 minutes behind'],
    [-10 * 365 * 86_400, '5256000 minutes behind'],
    [10 * 365 * 86_400, '5256000 minutes ahead'],
  ])('that is off by %i s', async (offsetS, words) => {
    await using world = await sessionsWorld()
    world.machine.clockOffsetS = offsetS
    const check = checkMachineClock(world.room, await world.device(), world.connect())
    if (words === null) await check
    else await expect(check).rejects.toMatchObject({ code: 'machine_clock_wrong', message: expect.stringContaining(words) as string })
    expect(world.room.clockOffsetS(world.machine.id)).toBe(offsetS)
  })

  it('is said in the log when it goes wrong, once', async () => {
    await using world = await sessionsWorld()
    const link = world.connect()
    await world.settle()
    const counts: number[] = []
    for (const clockOffsetS of [60, 61, 90, -200, 0, -61]) {
      world.machine.clockOffsetS = clockOffsetS
      noteMachineClock(world.room, link, await link.info())
      counts.push(world.warnings.filter((message) => message === 'the clock of a machine is wrong').length)
    }
    expect(counts).toEqual([0, 1, 1, 1, 1, 2])
  })

  it('that runs ahead neither prolongs a session nor moves its beginning', async () => {
    await using world = await sessionsWorld()
    world.machine.clockOffsetS = 250
    const id = await world.approved()
    expect(await world.stored(id)).toMatchObject({ approvedAt: world.clock.nowS(), expiresAt: world.clock.nowS() + 600 })
  })
})
