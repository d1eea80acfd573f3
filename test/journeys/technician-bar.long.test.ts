import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { service, sessionId } from '../../gateway/proxy/testing/proxy-world.ts'
import { barInBrowser, type BarInBrowser } from '../support/bar-in-browser.ts'

/** What the machine was asked, with its cookies. */
const asked: { readonly url: string; readonly cookie: string; readonly site: string }[] = []

const page = (body: string): string => `<!doctype html><html lang="en"><head><title>Press 7</title></head><body>${body}</body></html>`
const pages: Readonly<Record<string, string>> = {
  '/': page(
    '<h1>The machine</h1><a href="/second#part">Second</a> <a href="/second" target="_top">Top</a> <a href="/own" target="_blank">Own tab</a>',
  ),
  '/second': page('<h1>Second page</h1>'),
  '/own': page('<h1>In a tab of its own</h1>'),
  '/framed': page('<h1>Around</h1><iframe src="/second"></iframe>'),
  '/buster': page(
    '<h1>Only alone</h1><script>if (self !== top) { document.body.hidden = true; try { top.location = self.location } catch {} }</script>',
  ),
}

function machine({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  asked.push({ url, cookie: headers.cookie ?? '', site: String(headers['sec-fetch-site']) })
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.setHeader('x-frame-options', url === '/framed' || url === '/second' ? 'SAMEORIGIN' : 'DENY')
  if (url === '/set') {
    response.setHeader('set-cookie', ['strict=1; SameSite=Strict; HttpOnly; Path=/', 'lax=1; SameSite=Lax; Path=/', 'plain=1; Path=/'])
    return void response.end(page('<h1>Set</h1>'))
  }
  if (url === '/log.zip') return void response.writeHead(200, { 'content-disposition': 'attachment; filename="log.zip"' }).end('PK')
  response.end(pages[url] ?? page(`<h1>${url}</h1>`))
}

let around: BarInBrowser
let bar: Page
let frame: Frame
const within = { timeout: 10_000, interval: 20 }

beforeAll(async () => {
  around = await barInBrowser({ machine })
  bar = await around.open()
  frame = await around.frameOf(bar)
}, 300_000)
afterAll(() => around?.[Symbol.asyncDispose]())

/** Runs in the machine's page, as its own script. */
const asMachine = <Result>(script: string): Promise<Result> => frame.evaluate(`(async () => { ${script} })()`)
const home = async (path = '/'): Promise<void> => {
  await frame.goto(around.world.origin + path)
  // The bar keeps the place of the page in its own address, a moment after the page is there.
  await expect.poll(() => new URL(bar.url()).searchParams.get('to') ?? '/', within).toBe(path)
}

describe('the bar around a machine’s page', () => {
  it('says who watches, whether the page is recorded, and how long it lasts', async () => {
    const header = bar.getByRole('banner', { name: 'Remote session' })
    await header.getByText('Press 7').waitFor()
    await header.getByText('Live', { exact: true }).waitFor()
    await header.getByText('Operator watches').waitFor()
    await header.getByText('Recorded', { exact: true }).waitFor()
    const first = await bar.getByRole('timer', { name: 'Time left' }).textContent()
    await expect.poll(() => bar.getByRole('timer').textContent(), within).not.toBe(first)
    around.sessions.change({ panel: false, watched: false, recorded: false })
    await header.getByText('Not recorded', { exact: true }).waitFor()
    await header.getByText('No panel connected').waitFor()
    around.sessions.change({ panel: true, watched: true, recorded: true })
    expect(await bar.title()).toBe('Press 7 · Operating panel · Sallyport')
  })

  it('shows the page in its frame, whatever the machine says of frames, and its links and frames go on', async () => {
    await frame.getByRole('heading', { name: 'The machine' }).waitFor()
    await frame.getByRole('link', { name: 'Second' }).click()
    await frame.getByRole('heading', { name: 'Second page' }).waitFor()
    expect(frame.url()).toBe(`${around.world.origin}/second#part`)
    await home('/framed')
    await frame.frameLocator('iframe').getByRole('heading', { name: 'Second page' }).waitFor()
    expect(asked.map(({ site }) => site).filter((site) => site !== 'same-origin' && site !== 'none')).toEqual([])
  })

  it('leads back to the same place when it is reloaded, whatever a hostile page says of its address', async () => {
    const own = await around.open({ to: '/framed' })
    const inside = await around.frameOf(own)
    expect(inside.url()).toBe(`${around.world.origin}/framed`)
    await inside.evaluate(`history.pushState(null, '', '/second?a=1#part/2')`)
    await expect.poll(() => new URL(own.url()).searchParams.get('to'), within).toBe('/second?a=1#part/2')
    await own.reload()
    const after = await around.frameOf(own)
    expect(after.url()).toBe(`${around.world.origin}/second?a=1#part/2`)
    for (const place of ['https://evil.example.test/', '//evil.example.test', `/${'x'.repeat(5_000)}`, 7, null])
      await after.evaluate(`parent.postMessage({ sallyport: 'place', place: ${JSON.stringify(place)} }, '*')`)
    await after.evaluate('new Promise((resolve) => setTimeout(resolve, 1500))')
    await own.reload()
    expect(new URL((await around.frameOf(own)).url()).origin).toBe(around.world.origin)
    await own.close()
  })

  it('keeps the machine’s cookies, SameSite=Strict and Lax alike, and none of them reaches the bar', async () => {
    await home('/set')
    await home('/with-cookies')
    const cookies = (): string => asked.findLast(({ url }) => url === '/with-cookies')?.cookie ?? ''
    await expect.poll(cookies, within).toContain('strict=1')
    expect(cookies()).toContain('lax=1')
    expect(cookies()).toContain('plain=1')
    const barCookies = await around.context.cookies(bar.url())
    expect(barCookies.map(({ name }) => name)).toEqual(['__Host-sallyport'])
    const url = await asMachine<string>(`const made = await fetch('/as-script'); return made.url`)
    expect(url).toBe(`${around.world.origin}/as-script`)
    expect(asked.findLast(({ url: each }) => each === '/as-script')?.cookie).toContain('strict=1')
  })

  it('lets the page download, open tabs of its own, ask and say, and use storage', async () => {
    await home()
    const opened = around.context.waitForEvent('page')
    await frame.getByRole('link', { name: 'Own tab' }).click()
    const tab = await opened
    await tab.getByRole('heading', { name: 'In a tab of its own' }).waitFor()
    await tab.close()
    const download = bar.waitForEvent('download')
    await asMachine(`location.href = '/log.zip'`)
    expect((await download).suggestedFilename()).toBe('log.zip')
    bar.once('dialog', (dialog) => void dialog.accept())
    expect(await asMachine(`return confirm('Calibrate?')`)).toBe(true)
    expect(await asMachine(`localStorage.kept = 'yes'; return localStorage.kept`)).toBe('yes')
  })
})

describe('a script of the machine', () => {
  it('reads nothing of the bar', async () => {
    await home()
    const barOrigin = new URL(bar.url()).origin
    const tried = await asMachine<readonly string[]>(`
      const attempts = {
        document: () => parent.document.title,
        frameElement: () => { if (frameElement === null) throw new Error('null'); return frameElement.src },
        storage: () => parent.localStorage.length,
        name: () => parent.name,
        href: () => parent.location.href,
        call: () => parent.document.querySelector('button').click(),
      }
      const seen = []
      for (const [what, attempt] of Object.entries(attempts)) { try { seen.push(what + ': ' + attempt()) } catch { } }
      for (const options of [{}, { credentials: 'include' }, { mode: 'no-cors', credentials: 'include' }, { method: 'POST', credentials: 'include', body: '{}' }])
        for (const path of ['/', '/api/state', '/api/frame', '/api/end', '/assets/none.js'])
          try {
            const answer = await fetch('${barOrigin}' + path, options)
            if (answer.type !== 'opaque' || (await answer.text()) !== '') seen.push(path)
          } catch {}
      return seen`)
    expect(tried).toEqual([])
    expect(around.sessions.ended).toBe(0)
  })

  it('is not heard by it: no message changes anything', async () => {
    const before = await bar.locator('header').innerHTML()
    await asMachine(`for (const data of [{ kind: 'end' }, 'end', { type: 'state', state: 'ended' }]) parent.postMessage(data, '*')`)
    await asMachine('await new Promise((resolve) => setTimeout(resolve, 300))')
    const now = await bar.locator('header').innerHTML()
    const withoutTime = (html: string): string => html.replace(/\d+:\d\d/u, '')
    expect(withoutTime(now)).toBe(withoutTime(before))
  })

  it('neither covers it nor leads it away, also where somebody clicks', async () => {
    await home()
    const url = bar.url()
    const attempts = [
      `top.location = '/second'`,
      `top.location.href = 'https://evil.example.test/'`,
      `top.location.replace('/second')`,
      `window.open('/second', '_top')`,
      `parent.location = 'about:blank'`,
      `top.close()`,
      `await document.documentElement.requestFullscreen()`,
      `const a = document.createElement('a'); a.href = '/second'; a.target = '_top'; document.body.append(a); a.click()`,
      `const f = document.createElement('form'); f.action = '/second'; f.target = '_top'; document.body.append(f); f.submit()`,
      `const s = document.createElement('div'); s.style = 'position:fixed;inset:-500px 0 0 0;z-index:2147483647;background:red'; s.popover = 'manual'; document.body.append(s); s.showPopover()`,
    ]
    for (const attempt of attempts) {
      await frame.evaluate(`document.body.onclick = async () => { try { ${attempt} } catch (error) { document.title = String(error) } }`)
      await frame.locator('h1').click({ force: true })
      await asMachine('await new Promise((resolve) => setTimeout(resolve, 100))')
      const { isClosed, hit } = await endIsOnTop()
      expect([attempt, isClosed, bar.url(), hit]).toEqual([attempt, false, url, 'End session'])
      await home()
    }
    await frame.getByRole('link', { name: 'Top' }).click()
    expect(bar.url()).toBe(url)
  })

  it('nor does one in a tab that it opened', async () => {
    await home()
    const url = bar.url()
    const opened = around.context.waitForEvent('page')
    await frame.evaluate(`document.body.onclick = () => { window.held = open('/own') }`)
    await frame.locator('h1').click()
    const tab = await opened
    await tab.waitForLoadState()
    for (const attempt of [`opener.top.location = '/second'`, `opener.parent.location = 'about:blank'`, `opener.top.close()`])
      await tab.evaluate(`(() => { try { ${attempt} } catch {} })()`)
    await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 200))')
    expect([bar.isClosed(), bar.url()]).toEqual([false, url])
    await tab.close()
  })

  it('shows the bar, and its own page, in no frame elsewhere', async () => {
    await home()
    const other = await around.context.newPage()
    await other.goto(around.world.origin)
    await other.evaluate(
      `for (const src of ${JSON.stringify([new URL(bar.url()).origin, `${around.world.origin.replace('hmi-', 'web-')}/`])}) { const f = document.createElement('iframe'); f.src = src; document.body.append(f) }`,
    )
    await expect.poll(() => other.frames().length, within).toBe(3)
    for (const child of other.frames().slice(1)) {
      await child.waitForLoadState()
      expect(await child.evaluate('document.body.innerText')).not.toContain('End session')
    }
    await other.close()
    // A stranger's page, and a sibling's of the same site: neither gets the machine's page, nor the way in.
    for (const [host, path] of [
      ['evil.localhost', '/'],
      ['evil.machines.localhost', '/'],
      ['evil.machines.localhost', '/.sallyport/enter'],
    ] as const) {
      const stranger = await around.context.newPage()
      await stranger.route(`http://${host}/`, (route) =>
        route.fulfill({ contentType: 'text/html', body: `<iframe src="${around.world.origin}${path}"></iframe>` }),
      )
      await stranger.goto(`http://${host}/`)
      const [, child] = stranger.frames()
      await child!.waitForLoadState()
      expect([host, path, child!.url()]).toEqual([host, path, 'chrome-error://chromewebdata/'])
      await stranger.close()
    }
  })
})

/** What a press on the place of *End* would meet. */
async function endIsOnTop(): Promise<{ readonly isClosed: boolean; readonly hit: string | undefined }> {
  if (bar.isClosed()) return { isClosed: true, hit: undefined }
  const hit = await bar.evaluate<string>(`(() => {
    const { left, top, width, height } = document.querySelector('.end').getBoundingClientRect()
    return document.elementFromPoint(left + width / 2, top + height / 2).innerText
  })()`)
  return { isClosed: false, hit: (await bar.evaluate('document.fullscreenElement')) === null ? hit : 'covered' }
}

describe('what passes between technician and operator', () => {
  it('is written both ways, and a new message is told while the chat is closed', async () => {
    await bar.getByRole('button', { name: 'Chat' }).click()
    await bar.getByRole('textbox', { name: 'Write a message' }).fill('May I move the axis?')
    await bar.keyboard.press('Enter')
    await bar.getByRole('log', { name: 'Chat' }).getByText('May I move the axis?').waitFor()
    expect(around.sessions.said).toEqual(['May I move the axis?'])
    await bar.keyboard.press('Escape')
    const answer = { n: 2, time_ms: Date.now(), from: 'operator', name: 'Olga Neumann', text: '<b>Yes</b>' } as const
    around.sessions.change({ messages: [...around.sessions.now.messages, answer] })
    await bar.getByRole('button', { name: 'Chat, 1 new' }).click()
    await bar.getByText('<b>Yes</b>', { exact: true }).waitFor()
    around.sessions.refusal = 'too_many_messages'
    await bar.getByRole('textbox', { name: 'Write a message' }).fill('Again')
    await bar.keyboard.press('Enter')
    await bar.getByRole('alert').getByText('Try again').waitFor()
    around.sessions.refusal = undefined
    await bar.getByRole('button', { name: 'Close the chat' }).click()
  })

  it.each([
    [{ paused: true, view_only: false, held: null, by: 'Olga Neumann' }, 'Paused', 'Olga Neumann paused the session'],
    [{ paused: false, view_only: true, held: null, by: null }, 'View only', 'The operator lets you only look'],
    [{ paused: false, view_only: false, held: 'pin', by: null }, 'Paused', 'A PIN is being typed'],
  ] as const)('is said: %o', async (conduct, word, sentence) => {
    around.sessions.change({ conduct })
    await bar.getByRole('banner').getByText(word, { exact: true }).waitFor()
    await bar.getByRole('status').getByText(sentence).waitFor()
    around.sessions.change({ conduct: { paused: false, view_only: false, held: null, by: null } })
    await bar.getByRole('banner').getByText('Live', { exact: true }).waitFor()
  })
})

describe('a page that breaks out of frames', () => {
  it('opens alone from the bar, which stays for time, chat and end', async () => {
    const own = await around.open({ to: '/buster' })
    const inside = await around.frameOf(own)
    await expect.poll(() => inside.url(), within).toBe(`${around.world.origin}/buster`)
    expect(await inside.evaluate('document.body.hidden')).toBe(true)
    await own.locator('summary').click()
    const opened = around.context.waitForEvent('page')
    await own.getByRole('button', { name: 'Open without the bar' }).click()
    const alone = await opened
    await alone.waitForURL(`${around.world.origin}/buster`)
    expect(await alone.evaluate('[opener, document.referrer]')).toEqual([null, ''])
    await alone.getByRole('heading', { name: 'Only alone' }).waitFor()
    await own.getByRole('heading', { name: 'Operating panel is open in a tab of its own' }).waitFor()
    expect(await own.locator('iframe').count()).toBe(0)
    await own.getByRole('button', { name: 'End session' }).waitFor()
    await alone.close()
    await own.getByRole('button', { name: 'Show it here again' }).click()
    await around.frameOf(own)
    await own.close()
  })
})

describe('a machine that sets more cookies for the whole domain than a request may carry', () => {
  it('does not stop the bar from saying that it gets no further, and where the session can be ended', async () => {
    const context = await around.browser.newContext({ locale: 'en-GB' })
    const own = await around.open({}, context)
    const inside = await around.frameOf(own)
    await inside.evaluate(
      `for (let n = 0; n < 40; n += 1) document.cookie = 'c' + n + '=' + 'x'.repeat(3000) + '; Path=/; Domain=machines.localhost'`,
    )
    await own.getByRole('button', { name: 'End session' }).click()
    await own.getByRole('status').getByText('That did not reach the gateway').waitFor()
    await own.locator('summary').click()
    const href = await own.getByRole('link', { name: 'Session in the portal' }).getAttribute('href')
    expect(new URL(href ?? '').hostname).toBe('sallyport.localhost')
    await own.getByRole('banner').getByText('Live', { exact: true }).waitFor()
    await context.close()
  })
})

describe('a browser whose person signed out', () => {
  it('shows nothing of the machine any more, and says so', async () => {
    const { world, browser } = around
    const context = await browser.newContext({ locale: 'en-GB' })
    const own = await context.newPage()
    await own.goto((await world.proxy.mintBar(sessionId, service, 'under another sign-in')).href)
    await around.frameOf(own)
    world.signedOut.add('under another sign-in')
    await own.getByRole('heading', { name: 'You are signed out' }).waitFor()
    expect(await own.locator('iframe:visible').count()).toBe(0)
    await own.reload()
    await own.getByText('This browser has not been let in').waitFor()
    await context.close()
  })
})

describe('the end', () => {
  it('is said in place of the page, of which nothing stays in the browser', async () => {
    await home()
    expect(await asMachine('return localStorage.kept')).toBe('yes')
    // As in the gateway: before anybody is told of the end, nothing opens any more.
    const { end } = around.sessions
    around.sessions.end = (id) => {
      around.world.authority.end('ended_by_technician', 'Mia Berg')
      return end(id)
    }
    await bar.getByRole('button', { name: 'End session' }).click()
    await bar.getByRole('heading', { name: 'Mia Berg ended the session.' }).waitFor()
    expect(around.sessions.ended).toBe(1)
    expect(await bar.locator('iframe:visible').count()).toBe(0)
    expect(bar.frames().filter((each) => each.url() === `${around.world.origin}/` && each === frame)).toEqual([])
    await expect.poll(() => bar.locator('iframe').count(), within).toBe(0)
    const state = await around.context.storageState()
    expect(state.origins.filter(({ origin }) => origin === around.world.origin)).toEqual([])
  })
})
