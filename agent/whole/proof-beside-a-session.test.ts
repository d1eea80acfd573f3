import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { systemClock, type Clock } from '../basics/clock.ts'
import { systemRandom } from '../basics/random.ts'
import { hashPin } from '../operators/pin-hash.ts'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench } from '../testing/agent-bench.ts'
import { requestDigest } from '../wire/session-request.ts'

const wired = mkdtempSync(join(tmpdir(), 'agent-proof-'))
afterAll(() => rmSync(wired, { recursive: true }))

/** As most customers write it: nothing about where the panel is. */
const unsaid = (dir: string) => ({ panel: { port: 0, pagesDir: dir } })
const elsewhere = (dir: string) => ({ panel: { port: 0, pagesDir: dir, onThisMachine: false } })
/** What acts on the machine, and what is declared not to. */
const services = (bench: { readonly httpPort: number; readonly tcpPort: number } = { httpPort: 1, tcpPort: 1 }) => ({
  hmi: { kind: 'http', target: `127.0.0.1:${bench.httpPort}`, actsOnMachine: false },
  plc: { kind: 'tcp', target: `127.0.0.1:${bench.tcpPort}` },
})

interface Around {
  readonly settings?: object
  readonly clock?: Clock
  readonly services?: object
}

async function withBench(around: Around, run: (bench: AgentBench, acts: ReturnType<typeof actsOf>) => Promise<void>): Promise<void> {
  const authority = await createBenchAuthority(around)
  const bench = await authority.open()
  try {
    await run(bench, actsOf(bench))
  } finally {
    await bench.close()
    authority.close()
  }
}

function actsOf(bench: AgentBench) {
  const post = async (path: string, body: object): Promise<string> => {
    const answer = await bench.panel.call('POST', path, { body: { operator: 'Olga', ...body } })
    return (JSON.parse(answer.body) as { code?: string }).code ?? 'done'
  }
  return {
    post,
    conduct: (change: object) => post('/api/session/conduct', change),
    switchOf: (enabled: boolean, who: object = {}) => post('/api/switches/hmi', { enabled, ...who }),
    extend: async (session: string, who: object = {}) => {
      const asked = sessionRequest({ kind: 'extend', session, services: ['plc'] })
      expect((await bench.show(asked)).status).toBe(202)
      const said = await post(`/api/requests/${session}/approve`, { digest: requestDigest(asked), ...who })
      await post(`/api/requests/${session}/refuse`, { how: 'refused' })
      return said
    },
  }
}

it('takes a name for proof beside a session that can act on the machine only where the panel is said to be on another screen', async () => {
  await withBench({ settings: elsewhere(wired), services: services() }, async (bench, { extend, conduct }) => {
    const { session } = await bench.openSession({ services: ['plc'] })
    expect(await extend(session)).toBe('done')
    await conduct({ paused: true })
    expect(await conduct({ paused: false })).toBe('done')
  })
  await withBench({ settings: unsaid(wired), services: services() }, async (bench, { extend, conduct, switchOf }) => {
    const harmless = await bench.openSession({ services: ['hmi'] })
    await conduct({ view_only: true })
    expect(await conduct({ view_only: false })).toBe('done')
    await bench.gateway.request('DELETE', `/v1/sessions/${harmless.session}`)
    const { session } = await bench.openSession({ services: ['plc'] })
    const until = (await bench.panel.state()).session?.expires_at
    expect(await extend(session)).toBe('needs_proof')
    expect([await conduct({ paused: true }), await conduct({ view_only: true })]).toEqual(['done', 'done'])
    expect([await conduct({ paused: false }), await conduct({ view_only: false })]).toEqual(['needs_proof', 'needs_proof'])
    expect([await switchOf(false), await switchOf(true)]).toEqual(['done', 'needs_proof'])
    expect((await bench.panel.state()).session).toMatchObject({ paused: true, view_only: true, expires_at: until })
    expect((await bench.panel.call('POST', '/api/session/end', { body: { operator: null } })).status).toBe(200)
    expect(await switchOf(true)).toBe('done')
  })
}, 20_000)

it('takes a PIN, or the button that is wired to the machine', async () => {
  const operators = [{ name: 'Olga', pin: await hashPin('2468', systemRandom) }]
  await withBench({ settings: { ...unsaid(wired), operators }, services: services() }, async (bench, { post, conduct, extend }) => {
    const asked = sessionRequest({ services: ['plc'] })
    await bench.show(asked)
    const pin = '2468'
    expect(await post(`/api/requests/${asked.session}/approve`, { digest: requestDigest(asked), pin })).toBe('done')
    await conduct({ paused: true })
    expect([await conduct({ paused: false }), await conduct({ paused: false, pin })]).toEqual(['pin_needed', 'done'])
    expect([await extend(asked.session), await extend(asked.session, { pin })]).toEqual(['pin_needed', 'done'])
  })
  const contact = join(wired, 'contact')
  writeFileSync(contact, '')
  let laterMs = 0
  const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + laterMs }
  const hardware = { button: { command: ['/usr/bin/tail', '-n0', '-f', contact] } }
  await withBench({ settings: { ...unsaid(wired), hardware }, clock, services: services() }, async (bench, { conduct }) => {
    await expect.poll(async () => (await bench.panel.state()).hardware?.button?.gone, { timeout: 5_000 }).toBe(null)
    await bench.openSession({ services: ['plc'] })
    await conduct({ paused: true })
    const goesOn = conduct({ paused: false })
    await expect.poll(async () => (await bench.panel.state()).hardware?.awaiting).toBe(true)
    expect((await bench.panel.state()).session?.paused).toBe(true)
    expect(await conduct({ paused: false })).toBe('needs_proof')
    laterMs += 2_000
    appendFileSync(contact, 'pressed\n')
    expect(await goesOn).toBe('done')
    expect((await bench.panel.state()).session).toMatchObject({ paused: false })
    expect((await bench.panel.state()).hardware?.awaiting).toBe(false)
  })
}, 30_000)

it('holds every byte while a PIN is typed at the panel, beside the pause of the operator, and says so when it lasts', async () => {
  await withBench({}, async (bench, { conduct, post }) => {
    const typing = (on: unknown) => bench.panel.call('POST', '/api/typing', { body: { on } })
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('plc', session)
    let heard = ''
    stream.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk))
    expect([(await typing(true)).status, (await typing('yes')).status]).toEqual([200, 400])
    stream.write('while ')
    const asked = bench.through(session, { path: '/' })
    await expect
      .poll(() => bench.events, { timeout: 5_000 })
      .toContainEqual(expect.objectContaining({ type: 'session.conduct', session, held: 'pin', paused: false, by: null }))
    expect([heard, bench.machine.seen]).toEqual(['', []])
    expect((await bench.gateway.request('GET', '/v1/sessions')).body).toContain('"held":"pin"')
    await conduct({ paused: true })
    await typing(false)
    await expect.poll(() => bench.events.at(-1)).toMatchObject({ type: 'session.conduct', held: null, paused: true })
    expect([heard, bench.machine.seen]).toEqual(['', []])
    expect(await conduct({ paused: false })).toBe('done')
    expect((await asked).response.statusCode).toBe(200)
    await expect.poll(() => heard).toBe('while ')
    await typing(true)
    expect(await post('/api/session/end', {})).toBe('done')
    expect((await bench.panel.state()).session).toBe(null)
  })
}, 20_000)
