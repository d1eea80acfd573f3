import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { OpaDecisionEvent } from '../decisions/export/opa-decision-event.ts'
import { exampleDecision } from '../storage/testing/example-records.ts'
import { apiWorld, type ApiWorld } from './testing/api-world.ts'

const logged = 100_000

let world: ApiWorld
beforeAll(async () => {
  world = await apiWorld()
  const { input, ...first } = exampleDecision('0')
  // Of the size of real ones: 3 KB.
  const trainings = Array.from({ length: 20 }, (_, n) => ({ product_line: `product_line_${n}`, level: 1, valid_until: 1_900_000_000 }))
  const written = { ...input, technician: { ...input.technician, trainings } }
  for (let from = 0; from < logged; from += 2_000) {
    const batch = Array.from({ length: 2_000 }, (_, n) => {
      const id = `dec_${(from + n).toString(16).padStart(32, '0')}` as typeof first.id
      return { ...first, id, input: written, evaluatedAt: first.evaluatedAt + Math.floor((from + n) / 7) }
    })
    await world.storage.decisionLog.appendMany(batch)
  }
}, 300_000)
afterAll(() => world[Symbol.asyncDispose]())

it('gives a hundred thousand decisions to whoever reads them, and waits for a slow reader instead of keeping them', async () => {
  const address = await world.listen()
  const reading = vi.spyOn(world.storage.decisionLog, 'walk')
  const asked = get(`${address}/api/v1/decisions/export?from_ms=1`, { headers: world.headersOf('auditor') })
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  // Nobody reads: what lies between the two, in sockets and streams, is full after some of it.
  let before = -1
  while (reading.mock.calls.length !== before) {
    before = reading.mock.calls.length
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  expect(before * 50).toBeLessThan(logged / 4)

  let lines = 0
  let last = ''
  for await (const line of createInterface({ input: answer })) {
    lines += 1
    last = line
  }
  expect(lines).toBe(logged)
  expect((JSON.parse(last) as OpaDecisionEvent).decision_id).toBe(`dec_${(logged - 1).toString(16).padStart(32, '0')}`)
}, 300_000)
