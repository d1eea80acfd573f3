import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildPages } from '../../admin-ui/dev/build-pages.ts'
import { insertTag } from '../../gateway/proxy/mirror/insert-tag.ts'
import type { MirroredPage } from '../../gateway/proxy/testing/mirrored-page.ts'
import { proxyWorld, service, sessionId, type ProxyWorld } from '../../gateway/proxy/testing/proxy-world.ts'
import { launchChromium } from '../support/chromium.ts'

interface Served {
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string | string[]>>
}

let browser: Browser
let recorder: Buffer

beforeAll(async () => {
  const pages = await buildPages()
  recorder = await readFile(join(pages.portal, 'recorder.js'))
  await pages.remove()
  browser = await launchChromium()
})
afterAll(() => browser.close())

interface Visit extends AsyncDisposable {
  readonly world: ProxyWorld
  readonly page: Page
  /** Violations of a policy, errors that no code caught. */
  readonly faults: string[]
  readonly shown: () => MirroredPage | undefined
}

/** A technician's browser on a machine that serves these pages. */
async function visit(pages: Readonly<Record<string, Served>>, before: (world: ProxyWorld) => void = () => {}): Promise<Visit> {
  const machine = createServer((req, res) => {
    const served = pages[req.url ?? '']
    if (served === undefined) return void res.writeHead(404).end()
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...served.headers }).end(served.body)
  })
  const world = await proxyWorld({ machine, recorder })
  before(world)
  const context = await browser.newContext()
  const faults: string[] = []
  await context.addInitScript({
    content:
      "addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} stopped ${event.blockedURI}`))",
  })
  const page = await context.newPage()
  page.on('console', (message) => message.text().startsWith('policy:') && faults.push(message.text()))
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto((await world.proxy.mint(sessionId, service, 'mia')).href)
  return {
    world,
    page,
    faults,
    shown: () => world.authority.pages.at(-1),
    async [Symbol.asyncDispose]() {
      await context.close()
      await world[Symbol.asyncDispose]()
    },
  }
}

const eventsOf = (shown: MirroredPage | undefined): { type: number; data: { source?: number; tag?: string } }[] =>
  (shown?.batches ?? []).flatMap(({ events }) => events as { type: number; data: object }[])
const pictures = (shown: MirroredPage | undefined): number => eventsOf(shown).filter(({ type }) => type === 2).length
const until = (what: () => boolean): Promise<boolean> => vi.waitUntil(what, { timeout: 10_000, interval: 10 })

const form = `<!doctype html><html><head><title>Press 7</title></head><body><h1>Ink pump</h1>
<input id="name" value="Olga"><input id="secret" type="password"><input type="hidden" value="token-4711"><textarea>notes-4711</textarea>
<input id="cleared" type="password" value="preset-4711"><input id="odd" type="odd" value="odd-4711"><div id="free" contenteditable>free-4711</div><button onclick="document.querySelector('h1').textContent='Pump runs'">Start</button><input type=submit value='Send it'>
<script>cleared.value = odd.value = ''</script></body></html>`

describe('a page in a real browser', () => {
  it('shows the operator what the technician sees, but nothing of what he types or is given in secret', async () => {
    await using visited = await visit({ '/': { body: form } })
    const { page, shown, faults } = visited
    await until(() => pictures(shown()) === 1)
    await page.fill('#secret', 'hunter-4711')
    await page.fill('#name', 'Mia-4711')
    await page.fill('#free', 'written-4711')
    const clickedAt = performance.now()
    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '<p><input type=password value="late-4711"></p>'); document.body.lastChild.firstChild.value = ''`,
    )
    await page.click('button')
    await until(() => shown()!.lines.join('').includes('Pump runs'))
    expect(performance.now() - clickedAt).toBeLessThan(1_000)
    const everything = shown()!.lines.join('\n')
    expect(everything).not.toContain('4711')
    expect(everything).not.toContain('Olga')
    expect(everything).toContain('Ink pump')
    expect(everything).toContain('Send it')
    // That it runs, before there is anything to see; then what the page is, with the first of that.
    const told = shown()!.batches.filter((batch) => batch.page !== undefined)
    expect(told).toEqual(shown()!.batches.slice(0, 2))
    expect(told[0]).toMatchObject({ events: [], page: { url: expect.stringContaining('/') } })
    expect(told[1]!.page).toMatchObject({ url: expect.stringContaining('/'), title: 'Press 7' })
    expect(faults).toEqual([])
    // Its own.
    expect(await page.evaluate('document.scripts.length')).toBe(1)
  })

  it('shows dots while he types, before he leaves the field', async () => {
    await using visited = await visit({ '/': { body: form } })
    const { page, shown } = visited
    await until(() => pictures(shown()) === 1)
    const typed = (): unknown[] =>
      eventsOf(shown())
        .filter(({ type, data }) => type === 3 && data.source === 5)
        .map(({ data }) => (data as { text?: unknown }).text)
    await page.locator('#name').pressSequentially('-47')
    await until(() => typed().length === 3)
    expect(typed()).toEqual([5, 6, 7].map((length) => '\u2022'.repeat(length)))
    await page.locator('#secret').pressSequentially('12')
    await until(() => typed().includes('\u2022'.repeat(8)))
    expect(typed().slice(3)).toEqual(['\u2022'.repeat(8)])
  })

  it('copies its canvases at most once a second, smaller, more rarely where they are busy, and again for who begins to look', async () => {
    const noise = `<!doctype html><canvas id="still" width="300" height="100"></canvas><canvas id="busy" width="1600" height="800"></canvas>
<script>const s=still.getContext('2d');s.fillRect(10,10,50,50);const b=busy.getContext('2d');const d=b.createImageData(1600,40);
setInterval(()=>{for(let i=0;i<d.data.length;i+=1)d.data[i]=(i*2654435761+performance.now())>>>7&255;b.putImageData(d,0,760);b.fillStyle='#fff';b.fillRect(0,0,1600,760)},100)</script>`
    await using visited = await visit({ '/': { body: noise } })
    const { page, shown } = visited
    const told = (): { readonly id: number; readonly data: string; readonly at: number }[] =>
      eventsOf(shown())
        .filter(({ type, data }) => type === 5 && data.tag === 'sallyport.canvas')
        .map((event) => {
          const { timestamp, data } = event as unknown as { timestamp: number; data: { payload: { id: number; data: string } } }
          return { ...data.payload, at: timestamp }
        })
    await until(() => new Set(told().map(({ id }) => id)).size === 2)
    const still = told().findLast(({ data }) => data.length < 3_000)!
    await page.waitForTimeout(4_000)
    const busy = told().filter(({ id }) => id !== still.id)
    expect(told().filter(({ id }) => id === still.id)).toHaveLength(1)
    const gaps = busy.slice(1).map(({ at }, n) => ({ ms: at - busy[n]!.at, wanted: Math.max(900, (busy[n]!.data.length / 10) * 0.9) }))
    expect(gaps.length).toBeGreaterThan(0)
    expect(gaps.filter(({ ms, wanted }) => ms < wanted)).toEqual([])
    const size: { width: number; height: number } = await page.evaluate(
      `new Promise((resolve) => { const i = new Image(); i.onload = () => resolve({ width: i.width, height: i.height }); i.src = '${busy[0]!.data}' })`,
    )
    expect(size).toEqual({ width: 800, height: 400 })
    shown()!.order('snapshot')
    await until(() => told().filter(({ id }) => id === still.id).length === 2)
  }, 30_000)

  it('draws a new picture when somebody begins to look, stops when nobody does, and begins again', async () => {
    await using visited = await visit({ '/': { body: form } })
    const { page, shown } = visited
    await until(() => pictures(shown()) === 1)
    shown()!.order('snapshot')
    await until(() => pictures(shown()) === 2)
    shown()!.order('stop')
    await vi.waitFor(async () => {
      const before = eventsOf(shown()).length
      await page.mouse.wheel(0, 10)
      await page.click('button')
      await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))')
      expect(eventsOf(shown())).toHaveLength(before)
    })
    shown()!.order('snapshot')
    await until(() => pictures(shown()) === 3)
  })

  it('is recorded once with the frames of its origin, and each page that follows anew', async () => {
    const frame = '<!doctype html><p>in the frame</p>'
    await using visited = await visit({
      '/': { body: '<!doctype html><html><head></head><body><iframe src="/frame"></iframe><a href="/next">next</a></body></html>' },
      '/frame': { body: frame },
      '/next': { body: '<!doctype html><title>Next</title><p>second page' },
    })
    const { page, shown, world, faults } = visited
    await until(() => shown()?.lines.join('').includes('in the frame') === true)
    expect(world.authority.pages).toHaveLength(1)
    await page.click('a')
    await until(() => shown()!.lines.join('').includes('second page'))
    expect(world.authority.pages).toHaveLength(2)
    await until(() => world.authority.pages[0]!.ended)
    expect(faults).toEqual([])
  })

  it('that takes away what a recorder needs is recorded all the same', async () => {
    const hostile = `<!doctype html><html><head><script>
      window.WebSocket = WebSocket.prototype.send = JSON.stringify = EventTarget.prototype.addEventListener = () => { throw new Error('mine') }
      window.setTimeout = undefined</script></head><body>seen</body></html>`
    await using visited = await visit({ '/': { body: hostile } })
    await until(() => visited.shown()?.lines.join('').includes('seen') === true)
  })

  it('works as ever at a machine whose agent knows no mirror, and is left alone from its second page on', async () => {
    await using visited = await visit({ '/': { body: form } }, ({ authority }) => (authority.mirrorRefusal = 'mirror_unknown'))
    const { page, world, faults } = visited
    await page.click('button')
    expect(await page.textContent('h1')).toBe('Pump runs')
    await vi.waitFor(async () => expect((await world.ask('/', { headers: { 'sec-fetch-dest': 'document' } })).body.toString()).toBe(form))
    expect(faults).toEqual([])
  })
})

it('a document with the recorder in it is the same document, in the eyes of a browser, and has it in its head', async () => {
  const piece = fc.constantFrom(
    '<!doctype html>',
    '<html>',
    '<html a="',
    '"',
    '>',
    "'",
    '<head>',
    '<head ',
    '<',
    '<!--',
    '-->',
    '--!>',
    '-',
    '!',
    '<?x',
    '</',
    '<h',
    'ead',
    'tml',
    ' a=b',
    '=',
    '/',
    '\n',
    'x',
    '<body class=x>',
    '</body>',
    '</head>',
    '</p>',
    '<meta charset=utf-8>',
    '<title>t</title>',
    '<p>',
    '<br>',
    '<template>',
    '<frameset>',
    '<noscript>',
    '<!doctype svg>',
    '<script>1</script>',
    '<svg>',
    '<math>',
    '<table>',
  )
  const documents = fc.sample(
    fc.array(piece, { maxLength: 10 }).map((parts) => parts.join('')),
    { numRuns: 5_000, seed: 11 },
  )
  const tag = '<script src="/r.js"></script>'
  const pairs = documents.map((html) => {
    const inserter = insertTag(tag)
    const parts = [...inserter.push(Buffer.from(html, 'latin1')), ...inserter.end()]
    return [html, Buffer.concat(parts).toString('latin1')]
  })
  const page = await browser.newPage()
  const differing = await page.evaluate(`(${JSON.stringify(pairs)}).filter(([before, after]) => {
    if (before === after) return false
    const [was, is] = [before, after].map((html) => new DOMParser().parseFromString(html, 'text/html'))
    const script = is.head?.firstElementChild
    if (script?.getAttribute('src') !== '/r.js') return true
    script.remove()
    return was.compatMode !== is.compatMode || was.documentElement.outerHTML !== is.documentElement.outerHTML || was.childNodes.length !== is.childNodes.length
  })`)
  expect(differing).toEqual([])
  expect(pairs.filter(([before, after]) => before === after).length).toBeLessThan(pairs.length / 2)
  await page.close()
})

describe('a page with a policy of its own', () => {
  const inline = "document.querySelector('p').textContent = 'its own script ran'"
  const withScript = (attributes = ''): string =>
    `<!doctype html><html><head><title>x</title></head><body><p>nothing</p><script${attributes}>${inline}</script></body></html>`
  const hash = "'sha256-HASH'"

  it.each([
    ["default-src 'none'", '', false],
    ["default-src 'self'", '', false],
    ["default-src 'self' 'unsafe-inline'", '', true],
    ["script-src 'unsafe-inline'; connect-src 'none'", '', true],
    ["script-src 'nonce-abc123'; default-src 'none'", ' nonce="abc123"', true],
    ["script-src 'nonce-abc123' 'strict-dynamic'; connect-src 'none'", ' nonce="abc123"', true],
    [`script-src ${hash} 'strict-dynamic'`, '', true],
    ["script-src 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types 'none'", '', true],
    ["script-src 'none'; script-src-elem 'unsafe-inline'", '', true],
    ["default-src 'none', default-src 'self' 'unsafe-inline'", '', false],
  ])('%s', async (policy, attributes, runs) => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(inline))
    const header = policy.replace('HASH', Buffer.from(digest).toString('base64'))
    await using visited = await visit({ '/': { body: withScript(attributes), headers: { 'content-security-policy': header } } })
    await until(() => pictures(visited.shown()) === 1)
    expect(await visited.page.textContent('p')).toBe(runs ? 'its own script ran' : 'nothing')
    expect(visited.faults.every((fault) => fault.endsWith('stopped inline'))).toBe(true)
  })

  it('in its own head', async () => {
    const body = `<!doctype html><html><head><meta http-equiv="content-security-policy" content="default-src 'none'"></head><body>closed</body></html>`
    await using visited = await visit({ '/': { body } })
    await until(() => visited.shown()?.lines.join('').includes('closed') === true)
  })

  it('that gives it no origin is left as it is', async () => {
    await using visited = await visit({
      '/': { body: withScript(), headers: { 'content-security-policy': "sandbox allow-scripts; script-src 'unsafe-inline'" } },
    })
    expect(await visited.page.textContent('p')).toBe('its own script ran')
    expect(visited.faults).toEqual([])
  })
})

describe('a page in an encoding of its own', () => {
  it.each([
    ['windows-1252', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'Grüße'],
    ['shift_jis', Buffer.from([0x83, 0x5c, 0x82, 0xa0]), 'ソあ'],
    ['gb18030', Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), '你好'],
    ['iso-2022-jp', Buffer.from('\x1b$B%=\x1b(B', 'latin1'), 'ソ'],
    ['utf-16le', Buffer.from('ü', 'utf16le'), 'ü'],
  ])('%s is read as before', async (charset, text, read) => {
    const wide = charset === 'utf-16le'
    const [head, tail] = ['<!doctype html><html><head></head><body><p>', '</p></body></html>'].map((part) =>
      Buffer.from(part, wide ? 'utf16le' : 'latin1'),
    )
    const body = Buffer.concat([head!, text, tail!])
    await using visited = await visit({ '/': { body, headers: { 'content-type': `text/html; charset=${charset}` } } })
    expect(await visited.page.textContent('p')).toBe(read)
    if (!wide) await until(() => pictures(visited.shown()) === 1)
  })
})
