import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { buildPages } from '../../admin-ui/dev/build-pages.ts'
import type { MirroredPage } from '../../gateway/proxy/testing/mirrored-page.ts'
import { proxyWorld, service, sessionId, type ProxyWorld } from '../../gateway/proxy/testing/proxy-world.ts'
import { launchChromium } from '../support/chromium.ts'
import { addNode, debugPayloads, deploy, drawWire, editorReady, inject, signInAtEditor } from '../support/node-red-editor.ts'
import { runNodeRed, type RunningNodeRed } from '../support/node-red.ts'
import { watchPages, type WatchedPages } from '../support/watched-pages.ts'

const user = { username: 'remote', password: 'wires-and-nodes' }
const within = { timeout: 10_000, interval: 20 }

let nodeRed: RunningNodeRed
let world: ProxyWorld
let browser: Browser
let editor: Page
let watched: WatchedPages

beforeAll(async () => {
  nodeRed = await runNodeRed([user])
  const pages = await buildPages()
  const recorder = await readFile(join(pages.portal, 'recorder.js'))
  await pages.remove()
  world = await proxyWorld({
    recorder,
    raw: (socket) => {
      const machine = connect(nodeRed.port, '127.0.0.1')
      socket.on('error', () => machine.destroy()).pipe(machine)
      machine.on('error', () => socket.destroy()).pipe(socket)
    },
  })
  browser = await launchChromium()
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
  watched = watchPages(context, ({ hostname }) => hostname.endsWith('.machines.localhost'))
  editor = await context.newPage()
}, 300_000)

afterAll(async () => {
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
  await nodeRed?.[Symbol.asyncDispose]()
})

const shown = (): MirroredPage => world.authority.pages.at(-1)!
interface Recorded {
  readonly type: number
  readonly timestamp: number
  readonly data: { readonly source?: number }
}

it('an editor of a foreign maker works while it is recorded, and its operator sees what happens in it', async () => {
  await editor.goto((await world.proxy.mint(sessionId, service, 'mia')).href)
  await editor.getByRole('button', { name: 'Login' }).waitFor()
  await signInAtEditor(editor, user)
  await editorReady(editor)
  await addNode(editor, 'inject', { x: 160, y: 160 })
  await addNode(editor, 'debug', { x: 480, y: 160 })
  await drawWire(editor)
  await deploy(editor)
  await inject(editor)
  await expect.poll(() => debugPayloads(editor), within).toHaveLength(1)
  const [payload = ''] = await debugPayloads(editor)
  await vi.waitUntil(() => shown().lines.join('').includes(payload), within)

  const everything = world.authority.pages.flatMap(({ lines }) => lines).join('')
  expect(everything).toContain('red-ui-flow-link-line')
  expect(everything).not.toContain(user.password)
  expect(watched.problems.filter((problem) => !problem.includes('401'))).toEqual([])
})

it('what happens reaches the operator soon, and a late one gets the present state at once', async () => {
  const page = shown()
  for (let pressed = 1; pressed <= 30; pressed += 1) {
    await inject(editor)
    await expect.poll(() => debugPayloads(editor), within).toHaveLength(pressed + 1)
  }
  await vi.waitUntil(() => page.arrivals.length > 30, within)
  const delays = page.batches.flatMap(({ events }, index) =>
    (events as Recorded[])
      // Mutations, clicks: a picture of the whole page and the samples of the pointer take their own time.
      .filter(({ type, data }) => type === 3 && (data.source === 0 || data.source === 2))
      .map(({ timestamp }) => page.arrivals[index]! - timestamp),
  )
  const sorted = delays.toSorted((a, b) => a - b)
  const p95 = sorted[Math.floor(sorted.length * 0.95)]!
  expect(sorted.length).toBeGreaterThan(60)
  // What issue 5 allows from the click to the picture; 34 ms at the median when this was written.
  expect(p95).toBeLessThan(300)

  const askedAt = Date.now()
  const before = page.lines.length
  page.order('snapshot')
  await vi.waitUntil(() => page.batches.slice(before).some(({ events }) => (events as Recorded[]).some(({ type }) => type === 2)), within)
  expect(Date.now() - askedAt).toBeLessThan(3_000)
  if (process.env['SALLYPORT_FIGURES'] !== undefined)
    process.stdout.write(
      `${JSON.stringify({ events: sorted.length, p50: sorted[sorted.length >> 1], p95, max: sorted.at(-1), snapshotMs: Date.now() - askedAt, bytes: page.lines.join('').length })}\n`,
    )
})
