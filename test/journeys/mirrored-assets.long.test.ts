import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import type { Frame } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMirroredSession, type MirroredSession } from '../support/mirrored-session.ts'
import { editorReady, signInAtEditor } from '../support/node-red-editor.ts'
import { runNodeRed, type RunningNodeRed } from '../support/node-red.ts'

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC', 'base64')
const svg = Buffer.from(
  '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20" fill="green"/></svg>',
)
const html = `<!doctype html><html lang="en"><head><title>Chart</title><link rel="stylesheet" href="/sheet.css"></head><body><h1>Chart</h1>
<img id="png" src="/a.png" alt="a"><img id="svg" src="/b.svg?v=1" alt="b"><img id="missing" src="/gone.png" alt="gone"><div id="box" class="box">x</div>
<canvas id="chart" width="400" height="200"></canvas><img id="late" alt="late">
<script>let n=0;const c=chart.getContext('2d');setInterval(()=>{n+=1;c.fillStyle='rgb(255,0,0)';c.fillRect(0,0,400,200);c.fillStyle='blue';c.fillRect(n%300,50,40,40)},250);
setTimeout(()=>{document.getElementById('late').src='/late.png'},1500)</script></body></html>`

interface ShownImage {
  readonly src: string | null
  readonly width: number
}
const shownIn = (drawn: Frame, id: string): Promise<ShownImage> =>
  drawn.evaluate(
    `((one) => ({ src: one.getAttribute('src')?.slice(0, 22) ?? null, width: one.naturalWidth }))(document.getElementById('${id}'))`,
  )
const backgroundOf = (drawn: Frame, selector: string): Promise<string> =>
  drawn.evaluate(`getComputedStyle(document.querySelector('${selector}')).backgroundImage`)

describe('pictures that only the machine has', () => {
  let machine: Server
  let session: MirroredSession
  beforeAll(async () => {
    machine = createServer((request, response) => {
      const send = (type: string, body: Buffer | string, headers: object = {}): void =>
        void response.writeHead(200, { 'content-type': type, ...headers }).end(body)
      const { url } = request
      if (url === '/a.png' || url === '/late.png' || url === '/back.png') send('image/png', png)
      else if (url === '/b.svg?v=1') send('image/svg+xml', gzipSync(svg), { 'content-encoding': 'gzip' })
      else if (url === '/icon.svg') send('image/svg+xml', deflateSync(svg), { 'content-encoding': 'deflate' })
      else if (url === '/sheet.css')
        send('text/css', '.box{width:60px;height:60px;background:url(/back.png)} h1{background:url("icon.svg") no-repeat}')
      else if (url === '/') send('text/html; charset=utf-8', html)
      else response.writeHead(404).end()
    }).listen(0, '127.0.0.1')
    await once(machine, 'listening')
    session = await startMirroredSession({
      port: (machine.address() as AddressInfo).port,
      isThere: (page) => page.getByRole('heading', { name: 'Chart' }).waitFor(),
    })
  }, 120_000)
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    machine.closeAllConnections()
    machine.close()
  })

  it('stand in the picture as the technician’s browser was given them, also those that come later', async () => {
    const poll = (id: string) => expect.poll(async () => shownIn(await session.drawn(), id), { timeout: 20_000 })
    await poll('png').toEqual({ src: 'data:image/png;base64,', width: 10 })
    await poll('svg').toEqual({ src: 'data:image/svg+xml;bas', width: 20 })
    await poll('late').toEqual({ src: 'data:image/png;base64,', width: 10 })
    expect((await shownIn(await session.drawn(), 'missing')).src).toBeNull()
    const background = async (selector: string): Promise<string> => (await backgroundOf(await session.drawn(), selector)).slice(0, 26)
    await expect.poll(() => background('#box'), { timeout: 10_000 }).toBe('url("data:image/png;base64')
    await expect.poll(() => background('h1'), { timeout: 10_000 }).toBe('url("data:image/svg+xml;ba')
  }, 60_000)

  it('draw a canvas as it stands, once a second', async () => {
    const drawing = async (): Promise<string> => backgroundOf(await session.drawn(), '#chart')
    const size = async (): Promise<unknown> =>
      (await session.drawn()).evaluate(
        `(({ width, height }) => ({ width, height }))(document.querySelector('#chart').getBoundingClientRect())`,
      )
    await expect.poll(size, { timeout: 20_000 }).toEqual({ width: 400, height: 200 })
    await expect.poll(drawing, { timeout: 20_000 }).toMatch(/^url\("data:image\/webp;base64,/u)
    const before = await drawing()
    await expect.poll(drawing, { timeout: 10_000 }).not.toBe(before)
    if (process.env['SALLYPORT_PICTURES'] !== undefined)
      await session.panel.screenshot({ path: `${process.env['SALLYPORT_PICTURES']}/panel-assets.png` })
  }, 60_000)
})

describe('the editor of a foreign maker', () => {
  const user = { username: 'remote', password: 'wires-and-nodes' }
  let nodeRed: RunningNodeRed
  let session: MirroredSession
  beforeAll(async () => {
    nodeRed = await runNodeRed([user])
    session = await startMirroredSession({
      port: nodeRed.port,
      isThere: async (page) => {
        await page.getByRole('button', { name: 'Login' }).waitFor()
        await signInAtEditor(page, user)
        await editorReady(page)
      },
    })
  }, 300_000)
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await nodeRed?.[Symbol.asyncDispose]()
  })

  it('is drawn with its icons and its fonts', async () => {
    const drawn = await session.drawn()
    const style = (): Promise<string> => drawn.evaluate(`document.querySelector('style[data-sallyport-assets]')?.textContent ?? ''`)
    await expect.poll(style, { timeout: 30_000 }).toMatch(/@font-face\{font-family:['"]?FontAwesome.*url\("data:font\/woff2/u)
    await expect.poll(style, { timeout: 30_000 }).toMatch(/--sallyport-\d+:url\("data:image\/svg\+xml/u)
    await expect.poll(() => drawn.evaluate(`document.fonts.check('14px FontAwesome')`), { timeout: 10_000 }).toBe(true)
    if (process.env['SALLYPORT_PICTURES'] !== undefined) {
      await session.panel.waitForTimeout(2_000)
      await session.panel.screenshot({ path: `${process.env['SALLYPORT_PICTURES']}/panel-node-red.png` })
    }
  }, 60_000)
})
