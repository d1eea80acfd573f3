import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as pass } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { RecordingMode } from '../../../agent/wire/mirror.ts'
import { FakeClock } from '../../basics/fake-clock.ts'
import { fakeBarSessions } from '../testing/fake-bar-sessions.ts'
import { ask, proxyWorld, service, sessionId, type ProxyWorld } from '../testing/proxy-world.ts'
import { recorderGraceMs } from './recorder-duty.ts'

const recorder = Buffer.from('/* the recorder */ void 0')
const asDocument = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', accept: 'text/html' }
const html = '<!doctype html><html><head></head><body>ready</body></html>'
const hello = JSON.stringify({ events: [], page: { url: 'https://x/', title: '', width: 1, height: 1 } })

const open: { world: ProxyWorld; sockets: WebSocketServer }[] = []
afterEach(async () => {
  for (const { world, sockets } of open.splice(0)) {
    sockets.close()
    await world[Symbol.asyncDispose]()
  }
})

/** A machine whose page is recorded by demand, unless told otherwise. */
async function start(change: { demanded?: boolean; recording?: RecordingMode } = {}) {
  const clock = new FakeClock()
  const seen: string[] = []
  const answers = new Map<string, (res: ServerResponse) => void>()
  const machine = createServer((req: IncomingMessage, res) => {
    seen.push(`${req.method} ${req.url}`)
    const answer = answers.get(req.url ?? '')
    if (answer === undefined) res.writeHead(200, { 'content-type': 'text/html' }).end(html)
    else answer(res)
  })
  const sockets = new WebSocketServer({ server: machine })
  const world = await proxyWorld({
    machine,
    recorder,
    clock,
    bar: { files: { page: Buffer.from(''), assets: new Map() }, sessions: fakeBarSessions() },
  })
  world.authority.recordDemanded = change.demanded ?? true
  world.authority.recording = change.recording ?? 'mask_all'
  open.push({ world, sockets })
  const { port, host, origin, cookie } = world
  const websocket = (path: string): WebSocket => new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host, origin, cookie } })
  const record = async (): Promise<WebSocket> => {
    const before = world.authority.pages.length
    const socket = websocket('/.sallyport/record')
    await once(socket, 'open')
    socket.send(hello)
    await vi.waitUntil(() => world.authority.pages.slice(before).some(({ lines }) => lines.length > 0))
    return socket
  }
  return { clock, seen, answers, world, websocket, record }
}

/** Lets the gateway's time go on until this is there. */
async function inTime<Result>(clock: FakeClock, wanted: Promise<Result>): Promise<Result> {
  const timer = setInterval(() => clock.advance(1_000), 5)
  return wanted.finally(() => clearInterval(timer))
}

describe('where policy demands a recorder', () => {
  it('nothing that could change the machine passes without one, and what came a little early waits for it', async () => {
    const { clock, seen, world, record } = await start()
    const refused = await inTime(clock, world.ask('/start', { method: 'POST', body: 'x', headers: { accept: 'text/html' } }))
    expect([refused.status, refused.body.toString().includes('recorder_missing')]).toEqual([403, true])
    expect(seen).toEqual([])
    const early = world.ask('/start', { method: 'POST', body: 'x' })
    await pass(20)
    expect(seen).toEqual([])
    await record()
    expect((await early).status).toBe(200)
    expect((await world.ask('/more', { method: 'DELETE' })).status).toBe(200)
    expect(seen).toEqual(['POST /start', 'DELETE /more'])
  })

  it('a WebSocket to the machine waits for one, or is refused', async () => {
    const { clock, websocket, record } = await start()
    const [error] = (await inTime(
      clock,
      once(websocket('/live'), 'unexpected-response').catch((cause: unknown) => [cause]),
    )) as [unknown]
    expect(error).toBeDefined()
    const early = websocket('/live')
    const opened = once(early, 'open')
    await record()
    await opened
    early.terminate()
  })

  it('whoever reads on without a page is out in time, and is told why', async () => {
    const { clock, world } = await start()
    expect((await world.ask('/values', { headers: { accept: 'application/json' } })).status).toBe(200)
    clock.advance(recorderGraceMs - 1)
    expect((await world.ask('/values')).status).toBe(200)
    expect(world.authority.recorderLost).toBe(0)
    clock.advance(1)
    expect(world.authority.recorderLost).toBe(1)
    const over = await world.ask('/values', { headers: { accept: 'text/html' } })
    expect([over.status, over.body.toString().includes('The recording stopped')]).toEqual([410, true])
  })

  it('a page goes on while its recorder runs, and ends the session when that is gone and the page is not', async () => {
    const { clock, world, websocket, record } = await start()
    await world.ask('/', { headers: asDocument })
    const page = await record()
    const live = websocket('/live')
    await once(live, 'open')
    for (let s = 0; s < 90; s += 10) {
      clock.advance(10_000)
      // The recorder's browser answers our pings.
      await pass(20)
    }
    expect(world.authority.recorderLost).toBe(0)
    page.close()
    await once(page, 'close')
    await pass(10)
    clock.advance(recorderGraceMs)
    expect(world.authority.recorderLost).toBe(1)
    await once(live, 'close')
  })

  it('a page without one ends it, though another page has one', async () => {
    const { clock, world, record } = await start()
    await record()
    expect((await world.ask('/', { headers: asDocument })).body.toString()).toContain('/.sallyport/recorder-')
    clock.advance(recorderGraceMs)
    expect(world.authority.recorderLost).toBe(1)
  })

  it('a page that is closed before it has come does not end what another page records', async () => {
    const { clock, seen, answers, world, record } = await start()
    await record()
    answers.set('/slow', (res) => res.writeHead(200, { 'content-type': 'text/html' }).write(html))
    const raw = await world.raw()
    raw.send(`${world.head('GET /slow HTTP/1.1')}Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n\r\n`)
    expect(await raw.until('/.sallyport/recorder-')).toContain('200 OK')
    raw.socket.destroy()
    await vi.waitUntil(() => world.authority.transactions.length === seen.length)
    clock.advance(recorderGraceMs)
    expect(world.authority.recorderLost).toBe(0)
  })

  it('a page in a bar without one ends it, though another page has one', async () => {
    const { clock, world, record } = await start()
    await record()
    const framed = { ...asDocument, 'sec-fetch-dest': 'iframe' }
    const open = async (): Promise<void> => {
      const { host, pathname, search } = await world.proxy.mint(sessionId, service, 'mia')
      const hop = await ask(world.port, host, pathname + search, { headers: { ...framed, 'sec-fetch-site': 'same-site' } })
      expect(hop.body.toString()).toContain('location.replace')
      expect((await world.ask('/', { headers: framed })).body.toString()).toContain('/.sallyport/recorder-')
    }
    await open()
    // One that reports goes on, and so do the frames within it.
    await record()
    await world.ask('/frame', { headers: framed })
    clock.advance(recorderGraceMs)
    expect(world.authority.recorderLost).toBe(0)
    await open()
    clock.advance(recorderGraceMs)
    expect(world.authority.recorderLost).toBe(1)
  })

  it('a page within one, one that is fetched ahead and a script that reads ask for none of their own', async () => {
    const { clock, world, record } = await start()
    await record()
    await world.ask('/frame', { headers: { ...asDocument, 'sec-fetch-dest': 'iframe' } })
    await world.ask('/ahead', { headers: { ...asDocument, 'sec-purpose': 'prefetch' } })
    await world.ask('/values', { headers: { 'sec-fetch-dest': 'empty' } })
    clock.advance(recorderGraceMs)
    expect(world.authority.recorderLost).toBe(0)
  })

  it.each([
    ['a document that forbids every script', { 'content-type': 'text/html', 'content-security-policy': 'sandbox' }, 'page_sandboxed'],
    ['one in an encoding without ASCII', { 'content-type': 'text/html; charset=utf-16' }, 'page_charset'],
    ['one in an unknown compression', { 'content-type': 'text/html', 'content-encoding': 'lzma' }, 'page_coding'],
    ['a PDF', { 'content-type': 'application/pdf' }, 'page_no_html'],
    ['a picture', { 'content-type': 'image/svg+xml' }, 'page_no_html'],
    ['plain text', { 'content-type': 'text/plain; charset=utf-8' }, 'page_no_html'],
    ['JSON of a kind', { 'content-type': 'application/vnd.press+json' }, 'page_no_html'],
    ['XHTML', { 'content-type': 'application/xhtml+xml' }, 'page_no_html'],
    ['what has no type', {}, 'page_no_html'],
    ['what has a type that is none', { 'content-type': 'press' }, 'page_no_html'],
  ])('%s is not shown, but a page that says why', async (_name, headers, code) => {
    const { world, answers, record } = await start()
    await record()
    answers.set('/it', (res) => res.writeHead(200, headers as Record<string, string>).end('secret'))
    const shown = await world.ask('/it', { headers: asDocument })
    expect([shown.status, shown.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8'])
    expect(shown.body.toString()).toContain(`<code>${code}</code>`)
    expect(shown.body.toString()).not.toContain('secret')
    // For a script or a picture of a recorded page it is what it was.
    expect((await world.ask('/it', { headers: { 'sec-fetch-dest': 'empty' } })).body.toString()).toBe('secret')
  })

  it.each([
    ['a file to be saved', 200, { 'content-type': 'text/plain', 'content-disposition': 'attachment; filename=log.txt' }],
    ['an archive', 200, { 'content-type': 'application/zip' }],
    ['a redirect', 302, { 'content-type': 'text/plain', location: '/' }],
  ])('%s passes', async (_name, status, headers) => {
    const { world, answers } = await start()
    answers.set('/it', (res) => res.writeHead(status, headers as Record<string, string>).end('bytes'))
    expect((await world.ask('/it', { headers: asDocument })).status).toBe(status)
  })

  it('shows no page at all of a service that the customer does not let be recorded', async () => {
    const { world } = await start({ recording: 'off' })
    const shown = await world.ask('/', { headers: asDocument })
    expect([shown.status, shown.body.toString().includes('recorder_missing')]).toEqual([403, true])
  })
})

describe('where policy does not demand it', () => {
  it('everything passes without a recorder', async () => {
    const { clock, seen, world, answers } = await start({ demanded: false })
    answers.set('/it', (res) => res.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF'))
    expect((await world.ask('/it', { headers: asDocument })).body.toString()).toBe('%PDF')
    expect((await world.ask('/start', { method: 'POST', body: 'x' })).status).toBe(200)
    expect(seen).toHaveLength(2)
    clock.advance(recorderGraceMs)
    expect(world.authority.recorderLost).toBe(0)
  })

  it('a service that the customer does not let be recorded goes to the browser as it is', async () => {
    const { world } = await start({ demanded: false, recording: 'off' })
    expect((await world.ask('/', { headers: asDocument })).body.toString()).toBe(html)
  })

  it.each([
    ['mask_all', ''],
    ['mask_texts', ' data-mask="texts"'],
    ['mask_passwords', ' data-mask="passwords"'],
  ] as const)('tells the recorder what to mask: %s', async (recording, said) => {
    const { world } = await start({ demanded: false, recording })
    const { body } = await world.ask('/', { headers: asDocument })
    expect(/<script src="[^"]+"(.*)><\/script>/.exec(body.toString())?.[1]).toBe(said)
  })
})
