import { expect, it } from 'vitest'
import { FakeClock } from './basics/fake-clock.ts'
import { endInOrder, type Ending } from './end-in-order.ts'

function recorded() {
  const said: string[] = []
  const part = (name: string, drained: Promise<void> = Promise.resolve()): Required<Ending> => ({
    async drain() {
      said.push(`${name} drains`)
      await drained
      said.push(`${name} is drained`)
    },
    close: () => void said.push(`${name} closes`),
  })
  return { said, part }
}

it('lets doors finish what is under way before it touches what they need', async () => {
  const { said, part } = recorded()
  const parts = endInOrder(new FakeClock())
  let finish = (): void => {}
  parts.keep(part('store'))
  parts.keep(part('tunnels'))
  parts.keepDoor(
    part(
      'front',
      new Promise((resolve) => {
        finish = resolve
      }),
    ),
  )
  const drained = parts.drain()
  expect(said).toEqual(['front drains'])
  finish()
  await drained
  expect(said.slice(0, 2)).toEqual(['front drains', 'front is drained'])
  expect(said.slice(2).toSorted()).toEqual(['store drains', 'store is drained', 'tunnels drains', 'tunnels is drained'])
})

it('waits for a door that does not come to an end no longer than 2 s', async () => {
  const { said, part } = recorded()
  const clock = new FakeClock()
  const parts = endInOrder(clock)
  parts.keep(part('tunnels'))
  parts.keepDoor(part('front', new Promise(() => {})))
  const drained = parts.drain()
  clock.advance(1_999)
  expect(said).toEqual(['front drains'])
  clock.advance(1)
  await drained
  expect(said).toEqual(['front drains', 'tunnels drains', 'tunnels is drained'])
})

it('closes what started last first, and everything once', async () => {
  const { said, part } = recorded()
  const parts = endInOrder(new FakeClock())
  parts.keep(part('store'))
  parts.keep({})
  parts.keepDoor(part('front'))
  await parts.close()
  await parts.close()
  expect(said).toEqual(['front closes', 'store closes'])
})

it('goes on behind a part that fails, and says so at the end', async () => {
  const { said, part } = recorded()
  const parts = endInOrder(new FakeClock())
  const fail = (): Promise<void> => Promise.reject(new Error('the disk is gone'))
  parts.keep(part('store'))
  parts.keep({ drain: fail, close: fail })
  parts.keepDoor({ drain: fail, close: fail })
  await expect(parts.drain()).rejects.toThrow('the disk is gone')
  expect(said).toEqual(['store drains', 'store is drained'])
  await expect(parts.close()).rejects.toThrow('the disk is gone')
  expect(said.at(-1)).toBe('store closes')
})
