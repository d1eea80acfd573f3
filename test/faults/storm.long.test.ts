import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { MachinePage } from '../../gateway/http-api/contract/machines.ts'
import { residentBytes } from '../bench/measure/process-usage.ts'
import { Counted, percentile } from './soak/figures.ts'
import { startManyMachines, type ManyMachines } from './soak/many-machines.ts'
import type { SoakMachine } from './soak/soak-machines.ts'
import { commandLineOf, openSession } from './soak/work.ts'

/** R14 of security.md, section 4.1: every agent comes back at once after the gateway was killed, and somebody works meanwhile. */
const agents = 1_000
const mostResidentBytes = 1.5 * 2 ** 30

let many: ManyMachines
let storming: SoakMachine[]
let working: SoakMachine[]
beforeAll(async () => {
  many = await startManyMachines()
  working = await many.add('work', 1)
  storming = await many.add('storm', agents - 1)
}, 1_200_000)
afterAll(() => many[Symbol.asyncDispose]())

it(`${agents} agents are back after a restart of the gateway, and a session goes on`, async () => {
  const { installation, mia } = many
  const people = { mia, tools: await commandLineOf(mia), counted: new Counted() }
  const [machine] = working
  if (machine === undefined) throw new Error('there is no machine')
  const session = await openSession(people, machine)
  const back = new Map<string, number>()
  installation.gateway.process.kill('SIGKILL')
  await installation.gateway.ended
  const killedAt = Date.now()
  await installation.startGateway()
  const servesAtMs = performance.now()
  const latenciesMs: number[] = []
  let peakBytes = 0
  while (back.size < agents) {
    for (const id of await online()) if (!back.has(id)) back.set(id, performance.now() - servesAtMs)
    peakBytes = Math.max(peakBytes, residentBytes(installation.gateway.pid))
    const askedAtMs = performance.now()
    const answer = await session.work.get('/in-the-storm').catch(() => null)
    if (answer?.status === 200) latenciesMs.push(performance.now() - askedAtMs)
    await answer?.body?.cancel()
    if (performance.now() - servesAtMs > 300_000) break
    await wait(50)
  }
  await session.listener[Symbol.asyncDispose]()
  const { body } = await mia.api<{ state: string }>('POST', `/api/v1/sessions/${session.id}/end`)
  expect(body.state).toBe('ended')
  const backs = [...back.values()]
  const seconds = (part: number): string => (percentile(backs, part) / 1000).toFixed(1)
  process.stdout.write(
    `R14: ${back.size} of ${agents} agents are back after ${seconds(0.5)} / ${seconds(0.99)} / ${seconds(1)} s (median, p99, all), ` +
      `gateway ${(peakBytes / 2 ** 20).toFixed(0)} MiB at most, p99 of ${latenciesMs.length} requests ${percentile(latenciesMs, 0.99).toFixed(0)} ms\n`,
  )
  expect(back.size).toBe(agents)
  expect(peakBytes).toBeLessThan(mostResidentBytes)
  await many.untilOnline(storming)
  await many.expectSound(working, { more: [{ what: 'killed', atMs: killedAt }] })

  async function online(): Promise<string[]> {
    const found: string[] = []
    for (let after = ''; ;) {
      const page = await mia.api<MachinePage>(
        'GET',
        `/api/v1/machines?limit=200${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
      )
      found.push(...page.body.items.filter((one) => one.online && one.id !== 'press-7').map(({ id }) => id))
      if (page.body.next === null) return found
      after = page.body.next
    }
  }
}, 1_200_000)
