import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../basics/clock.ts'
import { cutUnreadBody } from '../../basics/cut-unread-body.ts'
import type { Logger } from '../../basics/logger.ts'
import type { AccessAddress } from '../access-address.ts'
import { barSecret } from '../access-cookie.ts'
import type { AccessLookup } from '../access-lookup.ts'
import type { AccessSettings } from '../access-settings.ts'
import type { AccessWatch } from '../access-watch.ts'
import { canonicalPath } from '../canonical-path.ts'
import { goOn } from '../enter-page.ts'
import { entryPath, type Entry } from '../entry.ts'
import type { AccessOrigin } from '../ports.ts'
import { isRefusal, refuse, type Refusal } from '../refusal.ts'
import { writeRefusal } from '../refusal-answer.ts'
import { requestCookies } from '../request-cookies.ts'
import { valuesOf } from '../request-headers.ts'
import { barHeaders, barPageHeaders } from './bar-headers.ts'
import type { BarSessions } from './bar-sessions.ts'
import type { BarView } from './bar-view.ts'
import { foreignToBar } from './own-request.ts'
import type { BarFiles } from './read-bar-files.ts'
import { readJson } from './read-json.ts'
import { refusalOfCoded } from './refusal-of-coded.ts'
import { stateStream } from './state-stream.ts'

export interface BarOptions {
  readonly files: BarFiles
  readonly sessions: BarSessions
  readonly address: AccessAddress
  readonly lookup: AccessLookup
  readonly watch: AccessWatch
  readonly entry: Entry
  readonly settings: AccessSettings
  readonly clock: Clock
  readonly logger: Logger
  readonly stopping: () => boolean
  /** Counts a request of a browser that was not let in; false: too many have come from its address. */
  readonly stranger: (req: IncomingMessage) => boolean
}

export interface Bar {
  /** A request to the bar's host of the service with this label. Never throws. */
  request(req: IncomingMessage, res: ServerResponse, label: string): void
  /** Ends what would never end by itself. */
  close(): void
}

/** A browser in its bar. */
interface InBar {
  readonly access: AccessOrigin
  /** As they are known: {@link barSecret}s. */
  readonly cookies: readonly string[]
  readonly signIn: string
}

/** One session's tabs; browsers have six connections to a host. */
const mostStreams = 12

/** The origin of the technician's bar, which is ours alone: its page, what the page shows, and the few things that it can do. Nothing here reaches a machine. */
export function createBar(options: BarOptions): Bar {
  const { files, sessions, address, entry, settings, clock, logger } = options
  const secure = settings.portalOrigin.startsWith('https:')
  const headers = barHeaders(secure)
  const streams = new Map<string, number>()
  const live = new Set<{ cut(why: { readonly code: 'closing'; readonly text: string }): void }>()

  const answer = (res: ServerResponse, status: number, more: Readonly<Record<string, string>>, body: Buffer | string = ''): void => {
    res.writeHead(status, { ...headers, ...more, 'content-length': Buffer.byteLength(body) })
    res.end(body)
  }
  const answerJson = (res: ServerResponse, body: unknown): void =>
    answer(res, 200, { 'content-type': 'application/json' }, JSON.stringify(body))

  const whoIsIn = async (label: string, cookies: readonly string[]): Promise<InBar | Refusal> => {
    const access = await options.lookup.origin(label)
    if (access === undefined) return refuse('not_yours', 'origin_unknown')
    const standing = await options.lookup.standing(label, cookies, 'use')
    if (standing !== 'in') return refuse('not_yours', standing === 'stranger' ? 'not_entered' : 'signed_out')
    const signIn = await entry.signInOf(label, cookies)
    return signIn === undefined ? refuse('not_yours', 'not_entered') : { access, cookies, signIn }
  }

  const viewOf = async ({ sessionId, service, label }: AccessOrigin): Promise<BarView | undefined> => {
    const facts = await sessions.facts(sessionId, service)
    if (facts === undefined) return undefined
    return {
      ...facts,
      page_origin: address.originOf({ service, label }),
      portal_url: `${settings.portalOrigin}/sessions/${sessionId}`,
      now_ms: clock.nowMs(),
    }
  }

  const stream = (req: IncomingMessage, res: ServerResponse, { access, cookies }: InBar): Refusal | undefined => {
    const { label, sessionId } = access
    // Who left while it was looked up says so no more: nothing would end it.
    if (res.destroyed || req.socket.destroyed) return undefined
    const open = streams.get(label) ?? 0
    if (open >= mostStreams) return refuse('too_many', 'too_many_requests')
    streams.set(label, open + 1)
    let unfollow = (): void => {}
    const exchange = stateStream({
      req,
      res,
      headers,
      clock,
      view: () => viewOf(access),
      follow: (onChange) => sessions.follow(sessionId, onChange),
      settle: () => {
        unfollow()
        live.delete(exchange)
        const left = (streams.get(label) ?? 1) - 1
        if (left === 0) streams.delete(label)
        else streams.set(label, left)
      },
    })
    live.add(exchange)
    unfollow = options.watch.follow(label, cookies, exchange)
    return undefined
  }

  const pageUrl = async ({ access, signIn }: InBar, to: unknown): Promise<URL | Refusal> => {
    const facts = await sessions.facts(access.sessionId, access.service)
    if (facts === undefined || facts.state === 'ended') return refuse('session_over', 'session_over')
    const url = await entry.mint(access.sessionId, access.service, signIn)
    if (typeof to === 'string' && to !== '/') url.searchParams.set('to', to)
    return url
  }

  /** What its page asks for, by method and path. */
  const actions: Readonly<Record<string, (req: IncomingMessage, res: ServerResponse, browser: InBar) => Promise<Refusal | undefined>>> = {
    'GET /api/state': async (req, res, browser) => stream(req, res, browser),
    'POST /api/frame': async (req, res, browser) => {
      const body = await readJson(req)
      if (isRefusal(body)) return body
      const url = await pageUrl(browser, body['to'])
      if (isRefusal(url)) return url
      answerJson(res, { url: url.href })
      return undefined
    },
    'POST /api/messages': async (req, res, { access }) => {
      const body = await readJson(req)
      if (isRefusal(body)) return body
      if (typeof body['text'] !== 'string') return refuse('bad_request', 'body_invalid')
      await sessions.say(access.sessionId, body['text'])
      answerJson(res, {})
      return undefined
    },
    'POST /api/end': async (req, res, { access }) => {
      const body = await readJson(req)
      if (isRefusal(body)) return body
      await sessions.end(access.sessionId)
      answerJson(res, {})
      return undefined
    },
    // The form that opens the page alone, in a tab of its own.
    'POST /page': async (req, res, browser) => {
      const to = new URLSearchParams(req.url?.split('?')[1]).get('to')
      const url = await pageUrl(browser, to)
      if (isRefusal(url)) return url
      answer(res, 303, { location: url.href })
      return undefined
    },
  }

  const enter = async (
    req: IncomingMessage,
    res: ServerResponse,
    label: string,
    cookies: readonly string[],
  ): Promise<Refusal | undefined> => {
    const path = canonicalPath(req.url ?? '', { origin: address.barOriginOf(label), maxBytes: settings.limits.maxTargetBytes })
    if (isRefusal(path)) return path
    const entered = await entry.enter(req.method ?? '', path, label, cookies, 'bar')
    if (isRefusal(entered)) return entered
    goOn(res, { ...entered, to: barPlace(path.sent) })
    return undefined
  }

  const handle = async (req: IncomingMessage, res: ServerResponse, label: string): Promise<Refusal | undefined> => {
    if (options.stopping()) return refuse('unavailable', 'gateway_closing', { close: true })
    if (req.httpVersion !== '1.1') return refuse('bad_request', 'http_version', { status: 505 })
    if (valuesOf(req.rawHeaders, 'host').length !== 1) return refuse('bad_request', 'host_invalid')
    const [path = ''] = (req.url ?? '').split('?')
    const foreign = foreignToBar(req, address.barOriginOf(label), path.startsWith('/api/'))
    if (foreign !== undefined) return foreign
    const asset = req.method === 'GET' ? files.assets.get(path) : undefined
    if (asset !== undefined) {
      answer(res, 200, { 'content-type': asset.type, 'cache-control': 'public, max-age=31536000, immutable' }, asset.body)
      return undefined
    }
    const cookies = requestCookies(valuesOf(req.rawHeaders, 'cookie'), settings.secureCookies).access.map(barSecret)
    if (path === entryPath) return enter(req, res, label, cookies)
    const isPage = req.method === 'GET' && path === '/'
    const action = Object.hasOwn(actions, `${req.method} ${path}`) ? actions[`${req.method} ${path}`] : undefined
    if (!isPage && action === undefined) return refuse('not_found', 'reserved_path')
    const browser = await whoIsIn(label, cookies)
    if (isRefusal(browser)) return browser
    const { access } = browser
    if (!sessions.countRequest(access.sessionId)) return refuse('too_many', 'too_many_requests_per_second')
    if (action !== undefined) return action(req, res, browser)
    answer(res, 200, barPageHeaders(address.originOf({ service: access.service, label })), files.page)
    return undefined
  }

  return {
    request(req, res, label) {
      req.on('error', () => {})
      const refused = (refusal: Refusal): void => {
        const counted = refusal.kind === 'not_yours' && !options.stranger(req)
        const shown = counted ? refuse('too_many', 'too_many_requests_from_address', { close: true }) : refusal
        cutUnreadBody(req, res)
        logger.debug({ refusal: shown.code, status: shown.status }, 'a request to a bar was refused')
        writeRefusal(
          req,
          res,
          { ...shown, headers: { ...shown.headers, 'x-frame-options': 'DENY' } },
          {
            portalOrigin: settings.portalOrigin,
            deviceName: undefined,
            bar: null,
          },
        )
      }
      handle(req, res, label)
        .then((refusal) => refusal !== undefined && refused(refusal))
        .catch((error: unknown) => {
          if (res.headersSent) return void res.destroy()
          refused(refusalOfCoded(error, logger))
        })
    },
    close() {
      for (const exchange of live) exchange.cut({ code: 'closing', text: 'the gateway stops' })
    },
  }
}

/** The bar's own page, with what it was told on the way: its language, and where to open the machine's page. */
function barPlace(sent: string): string {
  const asked = new URLSearchParams(sent.slice(entryPath.length))
  const kept = new URLSearchParams()
  for (const name of ['lang', 'to']) {
    const value = asked.get(name)
    if (value !== null) kept.set(name, value)
  }
  return kept.size === 0 ? '/' : `/?${kept.toString()}`
}
