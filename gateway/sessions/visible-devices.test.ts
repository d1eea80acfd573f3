import { describe, expect, it } from 'vitest'
import { deviceId, exampleDevice } from '../storage/testing/example-records.ts'
import { sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'
import { visibleDevices } from './visible-devices.ts'

/** `many` machines; those whose number `seen` takes are in his region. */
async function fleet(world: SessionsWorld, many: number, seen: (n: number) => boolean): Promise<void> {
  for (let n = 0; n < many; n += 1) {
    const name = `m-${String(n).padStart(4, '0')}`
    await world.storage.devices.insert(exampleDevice(name, { name, region: seen(n) ? 'north' : 'south', site: 'Kiel' }), [])
  }
}

async function pages(world: SessionsWorld, limit: number, filter: object = { search: 'kiel' }): Promise<string[][]> {
  const found: string[][] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof visibleDevices>> = await visibleDevices(world.room, await world.asker(), filter, { limit, after })
    found.push(page.items.map(({ id }) => id))
    after = page.next
  } while (after !== null)
  return found
}

describe('the list of machines', () => {
  it('has those that policy lets the person see, in order, each once, on full pages', async () => {
    await using world = await sessionsWorld()
    await fleet(world, 90, (n) => n % 3 === 1)
    const found = await pages(world, 7)
    expect(found.map(({ length }) => length)).toEqual([7, 7, 7, 7, 2])
    expect(found.flat()).toEqual(Array.from({ length: 30 }, (_, n) => `m-${String(3 * n + 1).padStart(4, '0')}`))
  })

  it.each([
    ['only hidden ones follow', 60, (n: number) => n < 5, [5]],
    ['the page is full and nothing follows', 5, () => true, [5]],
    ['one more follows far behind', 450, (n: number) => n < 5 || n === 449, [5, 1]],
    ['none is seen', 50, () => false, [0]],
  ])('says that there is more only where one more is seen: %s', async (_what, many, seen, lengths) => {
    await using world = await sessionsWorld()
    await fleet(world, many, seen)
    expect((await pages(world, 5)).map(({ length }) => length)).toEqual(lengths)
  })

  it('reads a store of thousands in few large pages for somebody who sees few', async () => {
    await using world = await sessionsWorld()
    await fleet(world, 1_000, (n) => n === 990)
    let reads = 0
    const { devices } = world.room.ports
    const list = devices.list.bind(devices)
    devices.list = (...args) => {
      reads += 1
      return list(...args)
    }
    expect(await pages(world, 3)).toEqual([['m-0990']])
    expect(reads).toBeLessThan(15)
  })

  it('knows who is connected', async () => {
    await using world = await sessionsWorld()
    await fleet(world, 3, () => true)
    expect(await pages(world, 10, { online: true })).toEqual([['machine']])
    expect((await pages(world, 10, { online: false, search: 'kiel' })).flat()).toHaveLength(3)
    await world.lose()
    expect(await pages(world, 10, { online: true })).toEqual([[]])
  })

  it('loses a machine in the moment in which a fact, the device, the policy or the time hides it', async () => {
    await using world = await sessionsWorld()
    const seen = async () => (await pages(world, 10, { search: 'press machine' })).flat()
    expect(await seen()).toEqual(['machine'])
    await world.changeDevice({ region: 'south' })
    expect(await seen()).toEqual([])
    await world.changeDevice({ region: 'north' })
    await world.changePerson({ regions: [] })
    expect(await seen()).toEqual([])
    await world.changePerson({ regions: ['north'], trainings: [{ productLine: 'press', level: 2, validUntil: world.clock.nowS() + 100 }] })
    expect(await seen()).toEqual(['machine'])
    await world.pass(100)
    expect(await seen()).toEqual([])
    world.clock.jumpWallClock(-10_000)
    expect(await seen()).toEqual(['machine'])
    world.decisions.overrule = (_input, result) => ({ ...result, allow: false })
    expect(await seen()).toEqual([])
  })

  it('asks policy about each with the time of its own site', async () => {
    await using world = await sessionsWorld()
    await world.storage.devices.insert(exampleDevice('auckland', { timeZone: 'Pacific/Auckland', site: 'Kiel' }), [])
    await pages(world, 10)
    const asked = world.decisions.asked.find(({ device }) => device.id === deviceId('auckland'))
    expect(asked).toMatchObject({ action: 'view', time: { local: { zone: 'Pacific/Auckland' } } })
  })
})
