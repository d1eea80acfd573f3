import { afterAll, beforeAll, expect, it } from 'vitest'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { requestDigest } from '../wire/session-request.ts'
import type { SessionRequest } from '../wire/session-request.ts'

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority()
  bench = await authority.open()
})
afterAll(async () => {
  await bench.close()
  authority.close()
})

it('lets nobody in by a press for a request of which one thing alone was another', async () => {
  const asked = sessionRequest({ ticket: 'SR-4711' })
  const { technician } = asked
  expect((await bench.show(asked)).status).toBe(202)
  const press = (seen: SessionRequest) =>
    bench.panel.call('POST', `/api/requests/${asked.session}/approve`, { body: { digest: requestDigest(seen), operator: 'Olga' } })
  const changes: readonly Partial<SessionRequest>[] = [
    { ticket: 'SR-4712' },
    { ticket: null },
    { technician: { ...technician, organisation: 'Acme Holding' } },
    { duration_s: asked.duration_s + 1 },
    { purpose: 'Replace the valves' },
    { services: asked.services.slice(1) },
  ]
  for (const change of changes) {
    const { status, body } = await press({ ...asked, ...change })
    expect([change, status, JSON.parse(body)]).toMatchObject([change, 404, { code: 'no_such_request' }])
  }
  const { request, session } = await bench.panel.state()
  expect([request?.session, session]).toEqual([asked.session, null])
  expect((await press(asked)).status).toBe(200)
})
