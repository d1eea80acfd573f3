import { createServer } from 'node:http'
import { expect, test, vi } from 'vitest'
import { CodedError } from '../basics/coded-error.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import { proxyWorld } from './testing/proxy-world.ts'

/** A machine that tells what it was sent. */
const echo = () =>
  createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ method: req.method, url: req.url, headers: req.headers, body }))
    })
  })
test('what the agent answers itself becomes a page of ours, and its header goes no further', async () => {
  const machine = createServer((_req, res) =>
    res.writeHead(502, { 'sallyport-agent-error': 'service_unreachable', 'content-type': 'text/plain' }).end('agent text'),
  )
  await using world = await proxyWorld({ machine })
  const answer = await world.ask('/', { headers: { accept: 'text/html' } })
  expect(answer.status).toBe(502)
  expect(answer.headers['sallyport-agent-error']).toBeUndefined()
  expect(answer.body.toString()).toContain('The service on the machine does not answer')
})

test.each([
  ['service_unreachable', 502, 'service_unreachable'],
  ['device_gone', 503, 'machine_offline'],
  ['device_timeout', 503, 'machine_offline'],
  ['no_approval', 410, 'session_over'],
  ['switch_off', 403, 'switch_off'],
  ['too_many_streams', 429, 'too_many_streams'],
])('a stream that is refused with %s is answered with %i within seconds', async (code, status, problem) => {
  await using world = await proxyWorld({ machine: echo() })
  world.authority.openError = new CodedError({ code, message: 'no stream', remedy: 'retry' })
  const before = performance.now()
  const answer = await world.ask('/')
  expect(performance.now() - before).toBeLessThan(code === 'no_approval' ? 3_000 : 1_000)
  expect([answer.status, (JSON.parse(answer.body.toString()) as { code: string }).code]).toEqual([status, problem])
})

test.each(['no_approval', 'service_unreachable'])(
  'a stream that the agent refuses with %s before its word about the end is here gets the page that says who ended the session',
  async (code) => {
    await using world = await proxyWorld({ machine: echo() })
    world.authority.openError = new CodedError({ code, message: 'no stream', remedy: 'retry' })
    // The first look finds it open; the word comes right behind it.
    world.authority.sessionSummary = async () => {
      const { summary } = world.authority
      world.authority.end('ended_by_operator', 'Olga Stein')
      return summary
    }
    const answer = await world.ask('/', { headers: { accept: 'text/html' } })
    expect(answer.status).toBe(410)
    expect(answer.headers['clear-site-data']).toBe('"cache", "storage"')
    expect(answer.body.toString()).toContain('Olga Stein ended it at the machine.')
  },
)

test('requests that wait for the machine are answered and others cut when the session ends', async () => {
  let started = 0
  const machine = createServer((req, res) => {
    started++
    if (req.url === '/stream') res.write('first part')
  })
  await using world = await proxyWorld({ machine })
  const streaming = await world.raw()
  streaming.send(`${world.head('GET /stream HTTP/1.1')}\r\n`)
  await streaming.until('first part')
  const waiting = world.ask('/waiting', { headers: { accept: 'text/html' } })
  await vi.waitFor(() => expect(started).toBe(2))
  world.authority.end('ended_by_operator', 'Olga Stein')
  expect(await streaming.closed()).not.toContain('0\r\n\r\n')
  const answer = await waiting
  expect(answer.status).toBe(410)
  expect(answer.body.toString()).toContain('Olga Stein ended it at the machine.')
  expect(world.authority.streams.every((stream) => stream.destroyed)).toBe(true)
  expect((await world.ask('/after')).status).toBe(410)
  expect(world.authority.streams).toHaveLength(2)
})

test.each(['GET', 'POST'])(
  'a machine that takes a %s and never answers is a 504 after the answer time, and one that sends events is not',
  async (method) => {
    const clock = new FakeClock()
    let hung = 0
    const machine = createServer((req, res) => {
      if (req.url === '/events') return res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      req.resume().on('end', () => hung++)
    })
    await using world = await proxyWorld({ machine, clock })
    const events = await world.raw()
    events.send(`${world.head('GET /events HTTP/1.1')}\r\n`)
    await events.until('\r\n\r\n')
    const asked = world.ask('/hangs', { method, body: method === 'POST' ? 'whole' : '' })
    await vi.waitFor(() => expect(hung).toBe(1))
    clock.advance(299_000)
    expect(world.authority.transactions).toEqual([])
    clock.advance(16_000)
    const answer = await asked
    expect([answer.status, (JSON.parse(answer.body.toString()) as { code: string }).code]).toEqual([504, 'machine_answer_timeout'])
    expect(world.authority.transactions).toMatchObject([{ path: '/hangs', status: 504 }])
    expect(events.socket.destroyed).toBe(false)
  },
)

test('a grant that was withdrawn is asked for anew by the next request, and only then', async () => {
  await using world = await proxyWorld({ machine: echo() })
  await world.ask('/1')
  await world.ask('/2')
  expect(world.authority.authorizations).toBe(1)
  world.authority.withdraw()
  expect((await world.ask('/3')).status).toBe(200)
  expect(world.authority.authorizations).toBe(2)
})

test('a request that was under way when the tunnel went says that the machine is offline, not that the session is over', async () => {
  await using world = await proxyWorld({ machine: createServer(() => {}) })
  const waiting = world.ask('/')
  await vi.waitFor(() => expect(world.authority.streams).toHaveLength(1))
  world.authority.denied = { denied: true, code: 'device_offline', message: '' }
  world.authority.withdraw()
  const answer = await waiting
  expect([answer.status, (JSON.parse(answer.body.toString()) as { code: string }).code]).toEqual([503, 'machine_offline'])
})

test('every exchange is recorded once, without its query', async () => {
  await using world = await proxyWorld({ machine: createServer((req, res) => void req.resume().on('end', () => res.end('12345'))) })
  await world.ask('/path?password=secret', { method: 'POST', body: 'abc' })
  expect(world.authority.transactions).toMatchObject([{ method: 'POST', path: '/path', status: 200, up: 3, down: 5 }])
})

test('drain lets a request finish and refuses the next', async () => {
  let release = (): void => {}
  await using world = await proxyWorld({ machine: createServer((_, res) => (release = () => res.end('done'))) })
  const slow = world.ask('/')
  await vi.waitFor(() => expect(world.authority.streams).toHaveLength(1))
  await vi.waitFor(() => expect(String(release)).toContain('end'))
  const drained = world.proxy.drain()
  expect((await world.ask('/')).status).toBe(503)
  release()
  expect((await slow).body.toString()).toBe('done')
  await drained
})
