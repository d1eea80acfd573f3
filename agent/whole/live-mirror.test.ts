import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBenchAuthority } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { openTestMirror, openTestPage } from '../testing/test-mirror.ts'
import type { TestMirror } from '../testing/test-mirror.ts'

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

const pageId = (n: number): string => n.toString(16).padStart(32, '0')
const meta = { type: 4, data: { href: 'http://m/', width: 800, height: 600 }, timestamp: 1 }
const snapshot = (name: string) => [meta, { type: 2, data: { node: name }, timestamp: 2 }]
const move = (name: string) => ({ type: 3, data: { source: 1, name }, timestamp: 3 })
const click = { type: 3, data: { source: 2, type: 2, id: 7 }, timestamp: 4 }
const page = { url: 'http://m/', title: 'Start', width: 800, height: 600 }
const conduct = (body: object) => bench.panel.call('POST', '/api/session/conduct', { body: { operator: 'Olga', ...body } })
/** What the events say, in the order in which they came. */
const told = ({ batches }: TestMirror): unknown[] =>
  batches
    .flatMap(({ batch }) => batch.events.map((event) => (event as { data: { name?: unknown; node?: unknown } }).data))
    .map((data) => data.name ?? data.node)

describe('the mirror of a session', () => {
  it('passes on what a page tells, and gives whoever comes late the present state at once', async () => {
    const { session } = await bench.openSession()
    const early = await openTestMirror(bench)
    const opened = await openTestPage(bench, session, pageId(1))
    expect(opened.status).toBe(200)
    opened.send({ page, events: snapshot('first') }, { events: [move('a')] })
    await expect.poll(() => told(early)).toEqual([undefined, 'first', 'a'])
    opened.send({ events: [move('b'), ...snapshot('second'), move('c')] }, { events: [move('d')] })
    await expect.poll(() => told(early)).toEqual([undefined, 'first', 'a', undefined, 'second', 'c', 'd'])
    const late = await openTestMirror(bench)
    await expect.poll(() => told(late)).toEqual([undefined, 'second', 'c', 'd'])
    expect(late.batches.map(({ fresh, page: of, n }) => ({ fresh, of, n }))).toEqual([
      { fresh: true, of: pageId(1), n: 3 },
      { fresh: false, of: pageId(1), n: 4 },
    ])
    expect(late.begin).toEqual({ wanted: true, port: expect.any(Number) })
    expect(late.pages).toMatchObject([{ id: pageId(1), told: page }])
    expect(opened.orders).toEqual([])
  })

  it('asks for a snapshot where none is kept, and passes nothing on before it', async () => {
    const { session } = await bench.openSession()
    const opened = await openTestPage(bench, session, pageId(1))
    const panel = await openTestMirror(bench)
    await expect.poll(() => opened.orders).toEqual(['snapshot'])
    opened.send({ events: [move('too early')] }, { events: snapshot('asked for') })
    await expect.poll(() => told(panel)).toEqual([undefined, 'asked for'])
  })

  it('ends with the session, and forgets its pages and requests', async () => {
    const { session } = await bench.openSession()
    const panel = await openTestMirror(bench)
    const opened = await openTestPage(bench, session, pageId(1))
    opened.send({ page, events: snapshot('first') })
    await bench.through(session, { path: '/' })
    await expect.poll(() => panel.batches.length).toBe(1)
    await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })
    await expect.poll(() => panel.pages).toEqual([])
    opened.stream.end()
    await opened.closed
    const late = await openTestMirror(bench)
    await bench.openSession()
    await expect.poll(() => late.begin).not.toBeNull()
    expect([late.pages, late.batches, [...late.requests]]).toEqual([[], [], []])
    expect((await openTestPage(bench, session, pageId(2))).status).toBe(404)
  })

  it('tells of a file that the technician downloads, with the name and the bytes that this agent saw', async () => {
    const { session } = await bench.openSession()
    const panel = await openTestMirror(bench)
    await bench.through(session, { path: '/log' })
    await bench.through(session, { path: '/' })
    await bench.through(session, { path: '/log', method: 'HEAD' })
    await expect
      .poll(() => [...panel.requests.values()])
      .toMatchObject([
        { path: '/log', file: 'log.zip', bytes_down: 2_000, done: true, verdict: 'reads' },
        { path: '/', file: null, done: true },
        { path: '/log', method: 'HEAD', file: null, done: true },
      ])
  })

  it('takes nothing of a session that is paused, and asks for a snapshot when it goes on', async () => {
    const { session } = await bench.openSession()
    const panel = await openTestMirror(bench)
    const opened = await openTestPage(bench, session, pageId(1))
    opened.send({ page, events: snapshot('before') })
    await expect.poll(() => panel.batches.length).toBe(1)
    await conduct({ paused: true })
    opened.send({ events: snapshot('while') }, { events: [move('while')] })
    const other = await openTestPage(bench, session, pageId(2))
    other.send({ events: snapshot('other') })
    await expect.poll(() => panel.pages.length).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(told(panel)).toEqual([undefined, 'before'])
    await conduct({ paused: false })
    await expect.poll(() => [opened.orders.at(-1), other.orders.at(-1)]).toEqual(['snapshot', 'snapshot'])
    opened.send({ events: snapshot('after') })
    await expect.poll(() => told(panel).at(-1)).toBe('after')
  })

  it('refuses other sessions, ids that are none, and more pages than it keeps', async () => {
    expect((await openTestPage(bench, `ses_${'0'.repeat(32)}`, pageId(1))).status).toBe(404)
    const { session } = await bench.openSession()
    expect((await openTestPage(bench, session, 'x')).status).toBe(400)
    const opened = await Promise.all(Array.from({ length: 16 }, (_, n) => openTestPage(bench, session, pageId(n))))
    expect(opened.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200))
    expect((await openTestPage(bench, session, pageId(99))).status).toBe(429)
    opened[0]!.stream.end()
    await opened[0]!.closed
    expect((await openTestPage(bench, session, pageId(99))).status).toBe(200)
    expect((await bench.gateway.request('GET', `/v1/sessions/${session}/mirror`)).status).toBe(405)
  })

  it.each([
    ['not JSON', 'nonsense'],
    ['no batch', '{}'],
    ['events that are none', '{"events":[1]}'],
    ['a false page', '{"events":[],"page":{"url":1}}'],
    ['a line without end', 'x'.repeat(9 * 1024 * 1024)],
  ])('leaves a page that tells %s, and goes on with the others', async (_name, text) => {
    const { session } = await bench.openSession()
    const panel = await openTestMirror(bench)
    const bad = await openTestPage(bench, session, pageId(1))
    const good = await openTestPage(bench, session, pageId(2))
    bad.stream.write(text.length > 1_000 ? text : `${text}\n`)
    await bad.closed
    good.send({ page, events: snapshot('good') })
    await expect.poll(() => told(panel)).toEqual([undefined, 'good'])
    expect(panel.pages.map(({ id }) => id)).toEqual([pageId(2)])
  })

  it('does not wait for a panel that does not read, which later finds a fresh start', async () => {
    const { session } = await bench.openSession()
    const slow = await openTestMirror(bench)
    const quick = await openTestMirror(bench)
    slow.response.pause()
    const opened = await openTestPage(bench, session, pageId(1))
    const filling = 'x'.repeat(1024 * 1024)
    for (let n = 0; n < 40; n += 1) opened.send({ events: [...snapshot(`s${n}`), { ...move('fill'), filling }] })
    await expect.poll(() => told(quick).includes('s39'), { timeout: 10_000 }).toBe(true)
    slow.response.resume()
    await expect.poll(() => told(slow).includes('s39'), { timeout: 10_000 }).toBe(true)
    expect(slow.batches.length).toBeLessThan(30)
    expect(slow.batches.at(-1)?.fresh).toBe(true)
  })

  it('asks for another snapshot when much followed the last one', async () => {
    const { session } = await bench.openSession()
    const opened = await openTestPage(bench, session, pageId(1))
    opened.send({ events: snapshot('s') })
    const filling = 'x'.repeat(1024 * 1024)
    for (let n = 0; n < 3; n += 1) opened.send({ events: [{ ...move('fill'), filling }] })
    expect(opened.orders).toEqual([])
    for (let n = 0; n < 20; n += 1) opened.send({ events: [{ ...move('fill'), filling }] })
    await expect.poll(() => opened.orders, { timeout: 5_000 }).toContain('snapshot')
    const late = await openTestMirror(bench)
    opened.send({ events: snapshot('again') })
    await expect.poll(() => told(late).at(-1)).toBe('again')
    // What was too much is gone: no more than the bound came before it.
    expect(late.batches.length).toBeLessThan(14)
  })

  it('tells nobody who is not paired', async () => {
    bench.panel.secret = 'x'.repeat(43)
    expect((await openTestMirror(bench)).status).toBe(401)
  })
})

describe('what the agent itself forwarded', () => {
  it('is shown with method, path, status and bytes; what no act explains is marked', async () => {
    const { session } = await bench.openSession()
    const panel = await openTestMirror(bench)
    const opened = await openTestPage(bench, session, pageId(1))
    await bench.through(session, { path: '/status?x=1' })
    await bench.through(session, { path: '/start', method: 'POST' }, 'body')
    await expect.poll(() => panel.requests.get(2)?.verdict, { timeout: 4_000 }).toBe('unexplained')
    expect([...panel.requests.values()]).toMatchObject([
      {
        method: 'GET',
        path: '/status?x=1',
        status: 200,
        bytes_up: 0,
        bytes_down: expect.any(Number),
        done: true,
        verdict: 'reads',
        service: 'Operating panel',
      },
      { method: 'POST', path: '/start', status: 200, bytes_up: 4, done: true },
    ])
    expect(panel.requests.get(1)?.bytes_down).toBeGreaterThan(20)
    opened.send({ events: [click] })
    await expect.poll(() => opened.orders.length).toBe(1)
    await bench.through(session, { path: '/explained', method: 'POST' }, 'body')
    await expect.poll(() => panel.requests.get(3)?.verdict).toBe('explained')
  })

  it('is explained too by an act that is told a moment later', async () => {
    const { session } = await bench.openSession()
    const panel = await openTestMirror(bench)
    const opened = await openTestPage(bench, session, pageId(1))
    await bench.through(session, { path: '/start', method: 'DELETE' })
    await expect.poll(() => panel.requests.get(1)?.verdict).toBe('open')
    opened.send({ events: [click] })
    await expect.poll(() => panel.requests.get(1)?.verdict).toBe('explained')
  })

  it('holds no more than a bound', async () => {
    const { session } = await bench.openSession()
    for (let n = 0; n < 450; n += 1) await bench.through(session, { path: `/${n}` })
    const panel = await openTestMirror(bench)
    await expect.poll(() => panel.requests.size).toBe(400)
    expect(panel.requests.has(450)).toBe(true)
  }, 20_000)
})

describe('a mirror that the customer switched off', () => {
  it('takes no page, and says so at the panel', async () => {
    const off = await createBenchAuthority({ settings: { mirror: 'off' } })
    const other = await off.open()
    const { session } = await other.openSession()
    expect((await openTestPage(other, session, pageId(1))).status).toBe(409)
    const panel = await openTestMirror(other)
    await expect.poll(() => panel.begin).toMatchObject({ wanted: false })
    await other.through(session, { path: '/start', method: 'POST' }, 'body')
    await expect.poll(() => panel.requests.get(1)).toMatchObject({ path: '/start', done: true, verdict: 'unjudged' })
    await other.close()
    off.close()
  })
})

describe('a service whose pages the customer does not let be mirrored', () => {
  it('by the portal: its pages end and no new one is taken, those of others go on', async () => {
    const { session } = await bench.openSession()
    const [hmi, gone] = [await openTestPage(bench, session, pageId(1)), await openTestPage(bench, session, pageId(2), 'gone')]
    expect([hmi.status, gone.status]).toEqual([200, 200])
    const ended = new Promise((resolve) => hmi.stream.once('end', resolve))
    const body = JSON.stringify({ remote: true, services: {}, unrecorded: ['hmi', 'nothing'] })
    expect((await bench.gateway.request('PUT', '/v1/switches', { body })).status).toBe(204)
    await ended
    const state = await bench.panel.state()
    expect(state.services.map(({ name, recorded }) => [name, recorded])).toEqual([
      ['hmi', false],
      ['plc', null],
      ['gone', true],
      ['lost', null],
    ])
    expect((await openTestPage(bench, session, pageId(3))).status).toBe(409)
    expect((await openTestPage(bench, session, pageId(4), 'gone')).status).toBe(200)
    expect((await openTestPage(bench, session, pageId(5), 'plc')).status).toBe(409)
    expect((await openTestPage(bench, session, pageId(6), 'other')).status).toBe(404)
  })

  it('by the setting at the machine: it says so to the gateway, and the portal cannot take that back', async () => {
    const target = '127.0.0.1:1'
    const services = { hmi: { kind: 'http', target, mirror: 'off' }, docs: { kind: 'http', target } }
    const apart = await createBenchAuthority({ services })
    const other = await apart.open()
    expect(JSON.parse((await other.gateway.request('GET', '/v1/info')).body)).toMatchObject({
      services: [{ name: 'hmi', recorded: false }, { name: 'docs' }],
    })
    await other.gateway.request('PUT', '/v1/switches', { body: JSON.stringify({ remote: true, services: {} }) })
    const { session } = await other.openSession({ services: ['hmi', 'docs'] })
    expect((await openTestPage(other, session, pageId(1))).status).toBe(409)
    expect((await openTestPage(other, session, pageId(2), 'docs')).status).toBe(200)
    await other.close()
    apart.close()
  })
})
