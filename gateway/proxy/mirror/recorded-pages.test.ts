import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { brotliCompressSync, deflateRawSync, deflateSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { mostPages, pageIdPattern } from '../../../agent/wire/mirror.ts'
import { FakeClock } from '../../basics/fake-clock.ts'
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
  const socket = socketOf(from)
  const orders: string[] = []
  socket.on('message', (data: Buffer) => orders.push(data.toString()))
  const closed = once(socket, 'close') as Promise<[number, Buffer]>
  await once(socket, 'open')
  const count = from.authority.pages.length
  if (count === 0) await vi.waitUntil(() => from.authority.pages.length > 0)
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
