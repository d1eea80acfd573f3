import { once } from 'node:events'
import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { cutIdleReader } from './cut-idle-reader.ts'

it('cuts off a reader who takes nothing, and not one who has nothing to take', async () => {
  const clock = new FakeClock()
  const stage = cutIdleReader({ clock, idleMs: 1_000 })
  clock.advance(5_000)
  expect(stage.destroyed).toBe(false)
  const failed = once(stage, 'error')
  stage.write('something')
  clock.advance(999)
  expect(stage.destroyed).toBe(false)
  clock.advance(1)
  expect(stage.destroyed).toBe(true)
  expect((await failed)[0]).toMatchObject({ message: 'The reader took nothing for 1000 ms.' })
})
