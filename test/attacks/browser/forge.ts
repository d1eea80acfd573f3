import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { runInPage } from './portal-in-browser.ts'

/** A request that an attacker would like a browser to make in its person's name. */
export interface Wanted {
  readonly method: string
  readonly url: string
  readonly body: object
}

/** What came to the server and what it said, as the browser's own network log has it; a page cannot read that. */
export interface Heard {
  readonly method: string
  readonly url: string
  readonly kind: string
  readonly status: number
  /**
   * Sec-Fetch-Site and Cookie. Both absent for a frame whose answer made it an error page before the browser had told of its headers: Chromium gives such
   * a page another process, and says nothing more to who listened to the old one.
   */
  readonly site?: string
  readonly cookie?: string
}

/**
 * Everything by which a page makes a browser send a request without asking (OWASP CSRF Prevention Cheat Sheet; Fetch, section 3.3 and 4.8): forms of all
 * three kinds into a frame, scripted requests that need no preflight, those that do, elements, WebSocket, EventSource. Resolves to how each went for the page.
 */
const attack = `
const { method, url, body } = given
const text = JSON.stringify(body)
const outcomes = {}
const framed = (enctype, fields) => new Promise((resolve) => {
  const frame = Object.assign(document.createElement('iframe'), { name: 'f' + Math.random() })
  const form = Object.assign(document.createElement('form'), { method: 'POST', action: url, enctype, target: frame.name })
  for (const [name, value] of fields) form.append(Object.assign(document.createElement('textarea'), { name, value }))
  document.body.append(frame, form)
  // The empty page that a frame begins with is there at once; the next one is the answer.
  frame.addEventListener('load', () => { resolve('loaded'); setTimeout(() => { frame.remove(); form.remove() }) })
  form.submit()
})
const element = (tag, attributes) => new Promise((resolve) => {
  const made = Object.assign(document.createElement(tag), attributes)
  made.addEventListener('load', () => resolve('loaded'))
  made.addEventListener('error', () => resolve('failed'))
  document.head.append(made)
})
const asked = (options) => fetch(url, { credentials: 'include', ...options }).then(({ type, status }) => type === 'opaque' ? 'opaque' : 'READ ' + status, () => 'failed')
const xhr = () => new Promise((resolve) => {
  const request = new XMLHttpRequest()
  request.open('POST', url)
  request.withCredentials = true
  request.setRequestHeader('content-type', 'text/plain;charset=utf-8')
  request.onloadend = () => resolve(request.status === 0 ? 'failed' : 'READ ' + request.status)
  request.send(text)
})
const live = (make, opened) => new Promise((resolve) => {
  const source = make()
  source.addEventListener('open', () => { source.close(); resolve(opened) })
  source.addEventListener('error', () => { source.close(); resolve('failed') })
})
const json = { 'content-type': 'application/json' }
const fields = [...Object.entries(body).map(([name, value]) => [name, String(value)]), ['_method', method]]
const ways = {
  'form, urlencoded': () => framed('application/x-www-form-urlencoded', fields),
  'form, multipart': () => framed('multipart/form-data', fields),
  'form, text/plain as JSON': () => framed('text/plain', [[text.slice(0, -1) + (text === '{}' ? '"x":"' : ',"x":"'), '"}']]),
  'no-cors, text/plain': () => asked({ method: 'POST', mode: 'no-cors', body: text }),
  'no-cors, without a type': () => asked({ method: 'POST', mode: 'no-cors', body: new Blob([text], json) }),
  'no-cors, without a body': () => asked({ method: 'POST', mode: 'no-cors', keepalive: true }),
  'beacon': async () => navigator.sendBeacon(url, new Blob([text], { type: 'text/plain' })) ? 'opaque' : 'failed',
  'XMLHttpRequest, text/plain': xhr,
  'cors, text/plain': () => asked({ method: 'POST', body: text }),
  'cors, JSON': () => asked({ method, headers: { ...json, 'sallyport-csrf': 'guessed', 'sallyport-panel': 'guessed' }, body: text }),
  'cors, method alone': () => asked({ method }),
  'image': () => element('img', { src: url }),
  'script': () => element('script', { src: url }),
  'prefetch': () => element('link', { rel: 'prefetch', href: url }),
  'EventSource': () => live(() => new EventSource(url, { withCredentials: true }), 'OPEN'),
}
await Promise.all(Object.entries(ways).map(async ([way, go]) => { outcomes[way] = await go() }))
return outcomes
`

/** How each way went for the page, and what came to the servers. */
export interface Forged {
  readonly outcomes: readonly Readonly<Record<string, string>>[]
  /** Of what is wanted alone. A request behind a preflight that was refused is never sent and is not here. */
  readonly heard: readonly Heard[]
}

/** All of it, all at once, from the page that is open there. */
export async function forge(page: Page, wanted: readonly Wanted[]): Promise<Forged> {
  const devtools = await page.context().newCDPSession(page)
  const requests = new Map<string, Partial<Heard> & { unsent?: boolean }>()
  const know = (id: string, what: Partial<Heard> & { unsent?: boolean }): void => void requests.set(id, { ...requests.get(id), ...what })
  devtools.on('Network.requestWillBeSent', ({ requestId, request: { method, url }, type }) =>
    know(requestId, { method, url, kind: type ?? '' }),
  )
  devtools.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => {
    const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    know(requestId, { site: named['sec-fetch-site'] ?? '', cookie: named['cookie'] ?? '' })
  })
  devtools.on('Network.responseReceived', ({ requestId, response: { status } }) => know(requestId, { status }))
  devtools.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) => know(requestId, { status: statusCode }))
  devtools.on('Network.loadingFailed', ({ requestId, corsErrorStatus }) =>
    know(requestId, { unsent: corsErrorStatus?.corsError.startsWith('Preflight') === true }),
  )
  await devtools.send('Network.enable')
  const outcomes = await Promise.all(wanted.map((one) => runInPage<Record<string, string>>(page, attack, one)))
  const urls = new Set(wanted.map(({ url }) => url))
  const sent = (): Partial<Heard>[] => [...requests.values()].filter(({ url, unsent }) => urls.has(url ?? '') && unsent !== true)
  // The browser tells a page of its failure before it tells us what the server said.
  const untold = ({ status, site, kind }: Partial<Heard>): boolean => status === undefined || (site === undefined && kind !== 'Document')
  await expect
    .poll(
      () =>
        sent()
          .filter(untold)
          .map((one) => JSON.stringify(one)),
      { timeout: 30_000 },
    )
    .toEqual([])
  await devtools.detach()
  return { outcomes, heard: sent() as Heard[] }
}
