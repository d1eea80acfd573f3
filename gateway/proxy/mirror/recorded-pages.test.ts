import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { mostPages, pageIdPattern, unrecordedTag } from '../../../agent/wire/mirror.ts'
import { proxyWorld, type ProxyWorld, type ProxyWorldOptions } from '../testing/proxy-world.ts'

const recorder = Buffer.from('/* the recorder */ void 0')
const html = '<!doctype html><html><head><title>Press</title></head><body>ready</body></html>'
const asDocument = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', accept: 'text/html' }
const batch = { events: [{ type: 4, timestamp: 1, data: {} }], page: { url: 'https://x/', title: '', width: 1, height: 1 } }

type Page = (req: IncomingMessage, res: ServerResponse) => void
const page =
  (headers: Record<string, string> = {}, body: string | Buffer = html): Page =>
  (_req, res) =>
    void res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body)

const open: ProxyWorld[] = []
afterEach(async () => {
  for (const world of open.splice(0)) await world[Symbol.asyncDispose]()
})

async function world(machine: Page = page(), more: ProxyWorldOptions = {}): Promise<ProxyWorld> {
  const made = await proxyWorld({ machine: createServer(machine), recorder, ...more })
  open.push(made)
  return made
}

/** The address of the recorder's script in a page; `undefined` where there is none. */
const scriptIn = (body: Buffer): string | undefined => /<script src="(\/\.sallyport\/recorder-[0-9a-f]{16}\.js)"/.exec(body.toString())?.[1]

function socketOf({ port, host, origin, cookie }: ProxyWorld, headers: Record<string, string> = {}): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}/.sallyport/record`, { headers: { host, origin, cookie, ...headers } })
}

/** A recorder whose page has reached the operator's side. */
async function recording(from: ProxyWorld) {
  const before = from.authority.pages.length
  const socket = socketOf(from)
  const orders: string[] = []
  socket.on('message', (data: Buffer) => orders.push(data.toString()))
  const closed = once(socket, 'close') as Promise<[number, Buffer]>
  await once(socket, 'open')
  await vi.waitUntil(() => from.authority.pages.length > before)
  return { socket, orders, closed, shown: from.authority.pages.at(-1)! }
}

describe('a page of a machine', () => {
  it('carries the recorder as the first thing in its head, and a script of the page that fetches it gets it as it is', async () => {
    const from = await world()
    const shown = await from.ask('/', { headers: asDocument })
    expect(shown.body.toString()).toBe(html.replace('<head>', `<head><script src="${scriptIn(shown.body)}"></script>`))
    expect(shown.headers['content-length']).toBeUndefined()
    const fetched = await from.ask('/', { headers: { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' } })
    expect(fetched.body.toString()).toBe(html)
  })

  it('leads to the script, for browsers that were let in alone', async () => {
    const from = await world()
    const path = scriptIn((await from.ask('/', { headers: asDocument })).body)!
    const plain = await from.ask(path)
    expect([plain.status, plain.headers['content-type'], plain.body]).toEqual([200, 'text/javascript; charset=utf-8', recorder])
    const small = await from.ask(path, { headers: { 'accept-encoding': 'br, gzip' } })
    expect([small.headers['content-encoding'], gunzipSync(small.body)]).toEqual(['gzip', recorder])
    expect((await from.ask(path, { headers: { cookie: '' } })).status).toBe(403)
    expect((await from.ask('/.sallyport/recorder-0000000000000000.js')).status).toBe(404)
    expect((await from.ask(path, { method: 'POST' })).status).toBe(405)
  })
})

describe('a document', () => {
  it.each([
    ['gzip', gzipSync(html)],
    ['deflate', deflateSync(html)],
    ['br', brotliCompressSync(html)],
    ['zstd', zstdCompressSync(html)],
  ])('in %s goes on plain, with the recorder in it', async (coding, body) => {
    const about = { 'content-length': String(body.length), 'accept-ranges': 'bytes', 'content-md5': 'x', etag: '"1"' }
    const from = await world(page({ 'content-encoding': coding, ...about }, body))
    const shown = await from.ask('/', { headers: asDocument })
    expect(shown.body.toString().replace(/<script.*<\/script>/, '')).toBe(html)
    expect(scriptIn(shown.body)).toBeDefined()
    expect(shown.headers).toMatchObject({ 'accept-ranges': 'none', etag: '"1"', vary: 'sec-fetch-dest' })
    expect(['content-encoding', 'content-length', 'content-md5'].filter((name) => name in shown.headers)).toEqual([])
  })

  it('that is not what its coding says is torn, never whole', async () => {
    const from = await world(page({ 'content-encoding': 'gzip' }, gzipSync(html).subarray(0, 60)))
    await expect(from.ask('/', { headers: asDocument })).rejects.toBeInstanceOf(Error)
    await vi.waitUntil(() => from.authority.transactions.length === 1)
  })

  it('is shown while it still comes: what is there is not held back', async () => {
    let finish = (): void => {}
    const from = await world((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/html' }).write('<!doctype html><html><head><title>first')
      finish = () => res.end('</title></html>')
    })
    const browser = await from.raw()
    browser.send(`${from.head('GET / HTTP/1.1')}Sec-Fetch-Dest: document\r\n\r\n`)
    expect(await browser.until('<title>first')).toContain('/.sallyport/recorder-')
    finish()
    expect(await browser.until('0\r\n\r\n')).toContain('</title></html>')
    browser.socket.destroy()
  })

  it('that is large waits for a slow browser, and arrives whole', async () => {
    const large = `<head></head>${'x'.repeat(30_000_000)}`
    const from = await world(page({ 'content-encoding': 'gzip' }, gzipSync(large)))
    const shown = await from.ask('/', { headers: asDocument })
    expect(shown.body.length - large.length).toBe(shown.body.indexOf('</script>') + '</script>'.length - '<head>'.length)
  })

  it.each<readonly [string, Page, { method?: string; headers?: Record<string, string> }]>([
    ['asked for its head alone', page(), { method: 'HEAD' }],
    ['that a script fetches', page(), { headers: { 'sec-fetch-dest': 'empty' } }],
    ['that is a picture', page({ 'content-type': 'image/svg+xml' }), {}],
    ['in XML', page({ 'content-type': 'application/xhtml+xml' }), {}],
    ['that is to be saved', page({ 'content-disposition': 'attachment; filename=a.html' }), {}],
    [
      'of which a part is asked for',
      (_req, res) => void res.writeHead(206, { 'content-type': 'text/html', 'content-range': 'bytes 0-3/9' }).end('<!do'),
      {},
    ],
    ['that lies elsewhere', (_req, res) => void res.writeHead(302, { 'content-type': 'text/html', location: '/x' }).end(html), {}],
    ['in UTF-16', page({ 'content-type': 'text/html; charset="UTF-16LE"' }), {}],
    ['in two codings', page({ 'content-encoding': 'gzip, br' }), {}],
    ['without an origin', page({ 'content-security-policy': 'sandbox' }), {}],
  ])('%s passes as it is', async (_name, machine, asked) => {
    const from = await world(machine)
    const recorded = await from.ask('/', { ...asked, headers: { ...asDocument, ...asked.headers } })
    const without = await world(machine, { recorder: undefined })
    const plain = await without.ask('/', { ...asked, headers: { ...asDocument, ...asked.headers } })
    expect(recorded.body).toEqual(plain.body)
    expect({ ...recorded.headers, date: '' }).toEqual({ ...plain.headers, date: '' })
  })

  it.each([404, 500])('that tells of an error is recorded like any other (%i)', async (status) => {
    const from = await world((_req, res) => void res.writeHead(status, { 'content-type': 'text/html' }).end(html))
    expect(scriptIn((await from.ask('/', { headers: asDocument })).body)).toBeDefined()
    expect(scriptIn((await from.ask('/', { method: 'POST', headers: { accept: 'text/html' } })).body)).toBeDefined()
  })

  it('that the browser still has keeps the policy that it came with', async () => {
    const from = await world((_req, res) => void res.writeHead(304, { 'content-security-policy': "default-src 'none'", etag: '"1"' }).end())
    const shown = await from.ask('/', { headers: { ...asDocument, 'if-none-match': '"1"' } })
    expect([shown.status, shown.headers['content-security-policy'], shown.headers.etag]).toEqual([304, undefined, '"1"'])
  })

  it('has its policy widened to the very addresses of the recorder', async () => {
    const from = await world(page({ 'content-security-policy': "default-src 'self'; connect-src 'none'" }))
    const shown = await from.ask('/', { headers: asDocument })
    const script = from.origin + scriptIn(shown.body)
    const socket = `${from.origin.replace('http', 'ws')}/.sallyport/record`
    expect(shown.headers['content-security-policy']).toBe(
      `default-src 'self'; connect-src ${socket}; script-src-elem 'self' ${script}, frame-ancestors 'self'`,
    )
  })

  it.each([
    ['sandboxed', { 'content-security-policy': 'sandbox allow-scripts' }],
    ['charset', { 'content-type': 'text/html;charset=utf-16' }],
    ['coding', { 'content-encoding': 'compress' }],
  ])('that cannot be recorded is named to the operator until the next one comes: %s', async (reason, headers) => {
    const from = await world((req, res) => page(req.url === '/next' ? {} : headers)(req, res))
    await from.ask('/first?x=1', { headers: asDocument })
    await vi.waitUntil(() => from.authority.pages[0]?.batches.length === 1)
    const [named] = from.authority.pages
    expect(named!.batches).toEqual([
      {
        page: { url: `${from.origin}/first?x=1`, title: '', width: 0, height: 0 },
        events: [{ type: 5, timestamp: expect.any(Number), data: { tag: unrecordedTag, payload: { reason } } }],
      },
    ])
    expect(named!.ended).toBe(false)
    await from.ask('/next', { headers: asDocument })
    await vi.waitUntil(() => named!.ended)
  })
})

describe('what the recorder says', () => {
  it('reaches the operator a line each, and his orders come back', async () => {
    const from = await world()
    const { socket, orders, shown, closed } = await recording(from)
    expect(shown.page).toMatch(pageIdPattern)
    socket.send(JSON.stringify(batch))
    socket.send(JSON.stringify({ events: [1, 'ä\n'] }))
    await vi.waitUntil(() => shown.batches.length === 2)
    expect(shown.batches).toEqual([batch, { events: [1, 'ä\n'] }])
    shown.order('snapshot')
    shown.order('stop')
    await vi.waitUntil(() => orders.length === 2)
    expect(orders).toEqual(['{"order":"snapshot"}', '{"order":"stop"}'])
    socket.close(1000)
    await closed
    await vi.waitUntil(() => shown.ended)
  })
})

describe('the way to the operator', () => {
  it('is open for browsers that were let in and for pages of this origin alone', async () => {
    const from = await world()
    const status = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve) => {
        const socket = socketOf(from, headers)
        socket.on('unexpected-response', (_req, res) => resolve(res.statusCode ?? 0)).on('error', () => {})
        socket.on('open', () => resolve(101))
      })
    expect(await status({ cookie: '' })).toBe(403)
    expect(await status({ origin: 'https://elsewhere.example' })).toBe(403)
    expect(await status({ origin: 'null' })).toBe(403)
    from.authority.mayAsk = false
    expect(await status({})).toBe(429)
    from.authority.denied = { denied: true, code: 'policy', message: 'no' }
    from.authority.withdraw()
    expect(await status({})).toBe(403)
    expect(from.authority.pages).toEqual([])
  })

  it('is as wide as the contract says', async () => {
    const from = await world()
    const sockets: Awaited<ReturnType<typeof recording>>[] = []
    for (let open = 0; open < mostPages; open += 1) sockets.push(await recording(from))
    const more = socketOf(from)
    const [, answer] = (await once(more, 'unexpected-response')) as [unknown, IncomingMessage]
    expect(answer.statusCode).toBe(429)
    // The machine's own WebSockets are counted apart, and its pages go on.
    expect((await from.ask('/', { headers: asDocument })).status).toBe(200)
    sockets[0]!.socket.close()
    await sockets[0]!.closed
    await recording(from)
    more.on('error', () => {}).terminate()
  })

  it.each([
    ['two lines', '{"events":[]}\n{"events":[]}', 1008],
    ['no object', '[1]', 1008],
    ['nothing', '', 1008],
    ['bytes', Buffer.from('{"events":[]}'), 1003],
    ['more than a batch', `{"events":["${'x'.repeat(8 * 1024 * 1024)}"]}`, 1009],
  ])('takes batches and nothing else: %s', async (_name, message, code) => {
    const from = await world()
    const { socket, closed, shown } = await recording(from)
    socket.send(message)
    expect((await closed)[0]).toBe(code)
    expect(shown.lines).toEqual([])
    await vi.waitUntil(() => shown.ended)
  })

  it('is closed to a page that floods it', async () => {
    const from = await world()
    const { socket, closed } = await recording(from)
    for (let sent = 0; sent < 3_000; sent += 1) socket.send('{"events":[]}')
    expect((await closed)[0]).toBe(1013)
    const other = await recording(from)
    const large = `{"events":["${'x'.repeat(8_000_000)}"]}`
    for (let sent = 0; sent < 8; sent += 1) other.socket.send(large)
    expect((await other.closed)[0]).toBe(1013)
  })

  it('carries orders and nothing else of a machine, and full pictures one a second', async () => {
    const from = await world()
    const { orders, shown, closed } = await recording(from)
    for (let asked = 0; asked < 50; asked += 1) shown.order('snapshot')
    await vi.waitUntil(() => orders.length === 2, { timeout: 5_000 })
    shown.say('{"order":"snap')
    shown.say('shot"}\n{"order":"format"}\n')
    expect((await closed)[0]).toBe(1011)
    expect(orders).toHaveLength(2)

    const other = await recording(from)
    other.shown.say('x'.repeat(1_025))
    expect((await other.closed)[0]).toBe(1011)
  })

  it('ends with the session, with the sign-in, and when the gateway stops', async () => {
    const ended = await world()
    const first = await recording(ended)
    ended.authority.end('ended_by_operator', 'Olga')
    expect((await first.closed)[0]).toBe(1001)
    expect(first.shown.stream.destroyed).toBe(true)

    const signedOut = await world()
    const second = await recording(signedOut)
    signedOut.signedOut.add('mia')
    expect((await second.closed)[0]).toBe(1001)

    const stopped = await world()
    const third = await recording(stopped)
    await stopped.proxy.drain()
    expect((await third.closed)[0]).toBe(1001)
  })

  it('that the agent gives up is tried again by the recorder, with a full picture', async () => {
    const from = await world()
    const { closed, shown } = await recording(from)
    shown.end()
    expect((await closed)[0]).toBe(1013)
    const again = await recording(from)
    again.shown.stream.destroy()
    expect((await again.closed)[0]).toBe(1011)
  })

  it.each(['mirror_unknown', 'mirror_unwanted'])(
    'that an agent refuses for good is closed for good, and no page is changed any more: %s',
    async (code) => {
      const from = await world()
      from.authority.mirrorRefusal = code
      expect(scriptIn((await from.ask('/', { headers: asDocument })).body)).toBeDefined()
      const socket = socketOf(from)
      expect(((await once(socket, 'close')) as [number])[0]).toBe(4001)
      expect((await from.ask('/', { headers: asDocument })).body.toString()).toBe(html)
    },
  )

  it('that is full for now is no reason to record no page', async () => {
    const from = await world()
    from.authority.mirrorRefusal = 'mirror_full'
    expect(((await once(socketOf(from), 'close')) as [number])[0]).toBe(1013)
    expect(scriptIn((await from.ask('/', { headers: asDocument })).body)).toBeDefined()
  })

  it('makes the page wait while the machine does not read, and takes nothing from its other requests', async () => {
    const from = await world()
    const { socket, shown } = await recording(from)
    const goOn = shown.hold()
    const large = JSON.stringify({ events: ['x'.repeat(1_000_000)] })
    for (let sent = 0; sent < 16; sent += 1) socket.send(large)
    expect((await from.ask('/', { headers: asDocument })).status).toBe(200)
    await vi.waitUntil(() => socket.bufferedAmount > 0)
    goOn()
    await vi.waitUntil(() => shown.batches.length === 16, { timeout: 10_000 })
  })
})

it('without a recorder nothing is changed, and nothing is served', async () => {
  const from = await world(page(), { recorder: undefined })
  expect((await from.ask('/', { headers: asDocument })).body.toString()).toBe(html)
  const [, answer] = (await once(
    socketOf(from).on('error', () => {}),
    'unexpected-response',
  )) as [unknown, IncomingMessage]
  expect(answer.statusCode).toBe(404)
})
