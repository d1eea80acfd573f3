import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeClock } from '../../basics/fake-clock.ts'
import { fakeBarSessions, type FakeBarSessions } from '../testing/fake-bar-sessions.ts'
import { ask, proxyWorld, service, sessionId, type ProxyWorld } from '../testing/proxy-world.ts'
import { beatMs, type BarView } from './bar-view.ts'

let world: ProxyWorld
let sessions: FakeBarSessions
let clock: FakeClock
let host: string
let cookie: string
const opened: ClientRequest[] = []

beforeEach(async () => {
  sessions = fakeBarSessions()
  clock = new FakeClock()
  world = await proxyWorld({ clock, bar: { files: { page: Buffer.from(''), assets: new Map() }, sessions } })
  const entry = await world.proxy.mintBar(sessionId, service, 'mia')
  const entered = await ask(world.port, entry.host, entry.pathname + entry.search, {})
  host = entry.host
  cookie = entered.headers['set-cookie']![0]!.split(';')[0]!
})
afterEach(async () => {
  for (const each of opened.splice(0)) each.destroy()
  await world[Symbol.asyncDispose]()
})

interface Stream {
  readonly answer: IncomingMessage
  readonly events: { readonly name: string; readonly data: unknown }[]
  readonly over: () => boolean
}

/** Follows the state as the bar's page does. */
function follow(): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const headers = { host, cookie, 'sec-fetch-site': 'same-origin' }
    const sent = request({ host: '127.0.0.1', port: world.port, path: '/api/state', headers, agent: false }, (answer) => {
      const events: { name: string; data: unknown }[] = []
      let rest = ''
      let over = false
      answer.on('data', (chunk: Buffer) => {
        const blocks = (rest + chunk.toString()).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
          if (name !== undefined) events.push({ name, data: JSON.parse(data ?? 'null') })
        }
      })
      answer.on('close', () => (over = true))
      resolve({ answer, events, over: () => over })
    })
    opened.push(sent)
    sent.on('error', reject).end()
  })
}
const until = (condition: () => boolean): Promise<boolean> => vi.waitUntil(condition, { timeout: 5_000, interval: 5 })

test('says how the session is, then each change once, and that it lives', async () => {
  const { answer, events } = await follow()
  expect([answer.statusCode, answer.headers['content-type'], answer.headers['cross-origin-resource-policy']]).toEqual([
    200,
    'text/event-stream',
    'same-origin',
  ])
  await until(() => events.length === 1)
  const first = events[0]!.data as BarView
  expect(first).toMatchObject({ ...sessions.now, page_origin: world.origin, now_ms: clock.nowMs() })
  expect(first.portal_url).toBe(`http://sallyport.localhost:${world.port}/sessions/${sessionId}`)
  sessions.change({})
  sessions.change({ panel: false })
  await until(() => events.length === 2)
  expect(events[1]!.data).toMatchObject({ panel: false })
  clock.advance(beatMs - 1)
  clock.advance(1)
  await until(() => events.length === 3)
  expect(events[2]).toEqual({ name: 'beat', data: {} })
})

test('ends with the sign-in, and says so; nobody follows any more', async () => {
  const { events, over } = await follow()
  await until(() => events.length === 1)
  world.signedOut.add('mia')
  await until(() => {
    clock.advance(600)
    return over()
  })
  expect(events.at(-1)).toEqual({ name: 'signed_out', data: {} })
  expect(sessions.followers).toBe(0)
})

test('is dropped when its bar is gone, and by a gateway that stops', async () => {
  await follow()
  const second = await follow()
  await until(() => sessions.followers === 2)
  opened[0]!.destroy()
  await until(() => sessions.followers === 1)
  await world.proxy.drain()
  await until(second.over)
  expect(sessions.followers).toBe(0)
  expect(second.events.map(({ name }) => name)).not.toContain('signed_out')
})

test('twelve follow one session; the next one is refused until one of them leaves', async () => {
  const twelve = await Promise.all(Array.from({ length: 12 }, follow))
  expect(twelve.map(({ answer }) => answer.statusCode)).toEqual(Array.from({ length: 12 }, () => 200))
  const next = await follow()
  expect(next.answer.statusCode).toBe(429)
  opened[0]!.destroy()
  await until(() => sessions.followers === 11)
  expect((await follow()).answer.statusCode).toBe(200)
})

test('a bar that left while it was looked up takes no place', async () => {
  const { promise: lookedUp, resolve: goOn } = Promise.withResolvers<void>()
  const { findCookie } = world.origins
  let asked = 0
  world.origins.findCookie = async (hash) => {
    asked += 1
    await lookedUp
    return findCookie(hash)
  }
  for (let at = 0; at < 12; at += 1) {
    const sent = request({ host: '127.0.0.1', port: world.port, path: '/api/state', headers: { host, cookie }, agent: false })
    sent.on('error', () => {}).end()
    opened.push(sent)
  }
  await until(() => asked === 12)
  for (const each of opened) each.destroy()
  const isEmpty = (): Promise<boolean> =>
    new Promise((resolve) => world.publicServer.getConnections((_error, count) => resolve(count === 0)))
  await vi.waitUntil(isEmpty, { timeout: 5_000, interval: 5 })
  goOn()
  world.origins.findCookie = findCookie
  const { answer, events } = await follow()
  expect(answer.statusCode).toBe(200)
  await until(() => events.length === 1)
  expect(sessions.followers).toBe(1)
})

test('a session that nobody knows any more ends it', async () => {
  const { events, over } = await follow()
  await until(() => events.length === 1)
  sessions.facts = async () => undefined
  sessions.change({ panel: null })
  await until(over)
  expect(events).toHaveLength(1)
})
