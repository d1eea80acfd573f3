import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { buildPages } from '../../admin-ui/dev/build-pages.ts'
import { FakeClock } from '../../gateway/basics/fake-clock.ts'
import { proxyWorld, service, sessionId, type ProxyWorld } from '../../gateway/proxy/testing/proxy-world.ts'
import { launchChromium } from '../support/chromium.ts'

let browser: Browser
let recorder: Buffer
beforeAll(async () => {
  const pages = await buildPages()
  recorder = await readFile(join(pages.portal, 'recorder.js'))
  await pages.remove()
  browser = await launchChromium()
}, 60_000)
afterAll(() => browser.close())

/** What pages of machines do at once: change something, and open a WebSocket, before the recorder can have said a word. */
const busy = `<!doctype html><html><head><title>Press 7</title><script>
  const note = (what) => { document.title += ' ' + what }
  fetch('/begin', { method: 'POST' }).then(({ status }) => note('post:' + status))
  const live = new WebSocket(location.origin.replace('http', 'ws') + '/live')
  live.onopen = () => note('live:open')
  live.onclose = () => note('live:closed')
</script></head><body><h1>Press 7</h1><a href="/next">Next</a><iframe src="/frame"></iframe></body></html>`

interface Visit extends AsyncDisposable {
  readonly world: ProxyWorld
  readonly page: Page
  readonly clock: FakeClock
  readonly posts: string[]
}

async function visit(prepare: (page: Page) => Promise<unknown> = async () => {}): Promise<Visit> {
  const posts: string[] = []
  const machine = createServer((req, res) => {
    if (req.method === 'POST') posts.push(req.url ?? '')
    const body = req.url === '/' ? busy : `<!doctype html><title>Other</title><p>${req.url}`
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body)
  })
  const sockets = new WebSocketServer({ server: machine })
  const clock = new FakeClock()
  const world = await proxyWorld({ machine, recorder, clock })
  world.authority.recordDemanded = true
  const context = await browser.newContext()
  const page = await context.newPage()
  await prepare(page)
  await page.goto((await world.proxy.mint(sessionId, service, 'mia')).href)
  return {
    world,
    page,
    clock,
    posts,
    async [Symbol.asyncDispose]() {
      await context.close()
      sockets.close()
      await world[Symbol.asyncDispose]()
    },
  }
}

/** So that browsers answer our pings meanwhile. */
async function later(clock: FakeClock, seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s += 5) {
    clock.advance(5_000)
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
}

describe('where policy demands a recorder, in a real browser', () => {
  it('a page that begins to act at once works, leads on, and comes back', async () => {
    await using visited = await visit()
    const { world, page, clock, posts } = visited
    const hasBegun = (): Promise<boolean> => page.title().then((title) => title.includes('post:200') && title.includes('live:open'))
    await vi.waitUntil(hasBegun, { timeout: 20_000 })
    expect(posts).toEqual(['/begin'])
    await later(clock, 90)
    await page.click('a')
    await page.getByText('/next').waitFor()
    await later(clock, 60)
    await page.goBack()
    await page.getByRole('heading', { name: 'Press 7' }).waitFor()
    await later(clock, 60)
    expect(world.authority.recorderLost).toBe(0)
  }, 60_000)

  it('a browser that lets no recorder run changes nothing, and the session ends', async () => {
    await using visited = await visit((page) => page.route(/\/\.sallyport\/recorder-/, (route) => route.abort()))
    const { world, page, clock, posts } = visited
    await page.getByRole('heading', { name: 'Press 7' }).waitFor()
    await later(clock, 10)
    await vi.waitUntil(() => page.title().then((title) => title.includes('post:403') && title.includes('live:closed')), { timeout: 20_000 })
    expect(posts).toEqual([])
    await later(clock, 30)
    expect(world.authority.recorderLost).toBe(1)
    await page.reload()
    expect(await page.textContent('body')).toContain('The recording stopped')
  }, 60_000)
})
