import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { systemClock, type Clock } from '../basics/clock.ts'
import { createBenchAuthority, type AgentBench, type BenchAuthority } from '../testing/agent-bench.ts'

/** R13 of security.md, section 4.1: what happens to the work that is under way when the certificate is renewed. */
const lookEveryMs = 60_000
const sixDaysMs = 6.5 * 86_400_000

/** The agent's looks at its certificate wait here, until a test says that two thirds of nine days are over. */
const looks: (() => void)[] = []
let aheadMs = 0
const clock: Clock = {
  ...systemClock,
  nowMs: () => systemClock.nowMs() + aheadMs,
  after(delayMs, run) {
    if (delayMs !== lookEveryMs) return systemClock.after(delayMs, run)
    looks.push(run)
    return { cancel: () => {} }
  },
}
/** For this one look alone: sessions keep their time. */
function lookWhenDue(): void {
  aheadMs = sixDaysMs
  for (const look of looks.splice(0)) look()
  aheadMs = 0
}

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority({ clock })
})
afterAll(() => authority.close())
afterEach(() => bench.close())

const renewals = (): number => authority.seen.filter((what) => what.startsWith('simplereenroll')).length

it('fails no request of a session and cuts no stream of it: the newer certificate waits until nobody is disturbed', async () => {
  bench = await authority.open()
  await bench.connected()
  const { session } = await bench.openSession()
  const long = (await bench.gateway.connect('hmi', session)).stream
  long.on('error', () => {})
  long.write('GET /down HTTP/1.1\r\nHost: x\r\n\r\n')
  const answers: (number | undefined)[] = []
  const ask = async (): Promise<void> =>
    void answers.push((await bench.through(session, { path: `/page/${answers.length}` })).response.statusCode)
  await ask()
  lookWhenDue()
  while (renewals() === 0) await ask()
  for (let more = 0; more < 20; more += 1) await ask()
  expect(answers.filter((status) => status !== 200)).toEqual([])
  expect(long.destroyed).toBe(false)
  expect(bench.gateway.connections).toBe(1)

  expect((await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })).status).toBe(200)
  await vi.waitFor(() => expect(bench.gateway.connections).toBe(2))
  await bench.connected()
  expect(renewals()).toBe(1)
})
