import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBenchAuthority } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { openTestPage } from '../testing/test-mirror.ts'

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority()
})
afterAll(() => authority.close())
beforeEach(async () => {
  bench = await authority.open()
})
afterEach(() => bench.close())

const click = { type: 3, data: { source: 2, type: 2, id: 7 }, timestamp: 4 }
const conduct = (body: object) => bench.panel.call('POST', '/api/session/conduct', { body: { operator: 'Olga', ...body } })
const demands = { pause_unexplained: ['hmi'], record: ['hmi'] }

describe('a session that stands still at unexplained requests', () => {
  it('tells the operator beforehand, holds the request, names it, and lets it through when he lets it go on', async () => {
    const { session } = await bench.openSession(demands)
    const sent = bench.through(session, { path: '/start?token=secret', method: 'POST' }, 'body')
    await expect.poll(async () => (await bench.panel.state()).session?.paused, { timeout: 5_000 }).toBe(true)
    const { session: shown } = await bench.panel.state()
    expect(shown?.paused_at).toEqual({ service: 'Operating panel', method: 'POST', path: '/start', at: expect.any(Number) })
    expect(bench.machine.seen).toEqual([])
    expect((await bench.gateway.request('GET', '/v1/sessions')).body).toContain('"why":"unexplained"')
    expect((await conduct({ paused: false })).status).toBe(200)
    expect((await sent).response.statusCode).toBe(200)
    expect((await bench.panel.state()).session).toMatchObject({ paused: false, paused_at: null })
    await expect
      .poll(() => bench.events.filter(({ type }) => type === 'session.conduct'))
      .toMatchObject([
        { session, paused: true, why: 'unexplained', by: null },
        { session, paused: false, why: null, by: 'Olga' },
      ])
    // He has seen it: the same one is not held again.
    expect((await bench.through(session, { path: '/start', method: 'POST' }, 'body')).response.statusCode).toBe(200)
  })

  it('passes what an act explains without delay, and ends by a press with the request held', async () => {
    const { session } = await bench.openSession(demands)
    const page = await openTestPage(bench, session, '0'.repeat(32))
    page.send({ events: [click] })
    // What the page told comes on another stream.
    await new Promise((resolve) => setTimeout(resolve, 100))
    const begun = performance.now()
    expect((await bench.through(session, { path: '/start', method: 'POST' }, 'body')).response.statusCode).toBe(200)
    expect(performance.now() - begun).toBeLessThan(1_000)
    await new Promise((resolve) => setTimeout(resolve, 5_100))
    const held = bench.through(session, { path: '/other', method: 'POST' }, 'body').catch(() => 'cut')
    await expect.poll(async () => (await bench.panel.state()).session?.paused, { timeout: 5_000 }).toBe(true)
    expect((await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })).status).toBe(200)
    expect(await held).toBe('cut')
    expect(bench.machine.seen).toEqual(['POST /start'])
  })
})
