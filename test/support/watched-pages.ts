import type { BrowserContext, Page, WebSocket } from 'playwright-core'

/** What the pages of one host asked for, were answered and complained about, from the call of `watchPages` on. */
export interface WatchedPages {
  /** Each answer once, `GET /settings 200`: without origin, and without jQuery's cache buster `_=`. */
  readonly answers: ReadonlySet<string>
  /** Requests without an answer, errors and warnings on the console, errors in scripts. */
  readonly problems: readonly string[]
  readonly sockets: readonly WatchedSocket[]
}

export interface WatchedSocket {
  readonly socket: WebSocket
  /** The text of each frame from the other side. */
  readonly received: readonly string[]
}

/** Watches the whole browser context, since the first answers of a page that another one opens come before that page can be had. */
export function watchPages(context: BrowserContext, isWatched: (url: URL) => boolean): WatchedPages {
  const answers = new Set<string>()
  const problems: string[] = []
  const sockets: WatchedSocket[] = []
  const watched = (address: string): boolean => URL.canParse(address) && isWatched(new URL(address))
  context.on('response', (answer) => {
    if (watched(answer.url())) answers.add(`${answer.request().method()} ${pathOf(answer.url())} ${answer.status()}`)
  })
  context.on('requestfailed', (request) => {
    if (watched(request.url())) problems.push(`${request.method()} ${pathOf(request.url())}: ${request.failure()?.errorText}`)
  })
  context.on('console', (message) => {
    const url = message.location().url || (message.page()?.url() ?? '')
    if (watched(url) && ['error', 'warning'].includes(message.type())) problems.push(`${pathOf(url)}: ${message.text()}`)
  })
  context.on('weberror', (thrown) => {
    if (watched(thrown.page()?.url() ?? '')) problems.push(String(thrown.error()))
  })
  const watchSockets = (page: Page): void => {
    page.on('websocket', (socket) => {
      const received: string[] = []
      socket.on('framereceived', ({ payload }) => received.push(payload.toString()))
      if (watched(socket.url())) sockets.push({ socket, received })
    })
  }
  for (const page of context.pages()) watchSockets(page)
  context.on('page', watchSockets)
  return { answers, problems, sockets }
}

function pathOf(address: string): string {
  const { pathname, searchParams } = new URL(address)
  searchParams.delete('_')
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams.toString()}`
}
