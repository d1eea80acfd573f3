import { agentErrorHeader } from '../../agent/wire/agent-api.ts'
import { machineOrigin } from '../../agent/wire/machine-origin.ts'
import { clearSiteData } from './clear-site-data.ts'
import { framingPolicy } from './framing-policy.ts'
import { controls, hopByHop, namedByConnection, plainName } from './header-names.ts'
import type { MachineCookies } from './machine-cookies.ts'
import type { Refusal } from './refusal.ts'

/**
 * What speaks for the whole host name or to a server in front of us is not the machine's to say. `NEL` would have the browser report every address of the
 * origin to the machine, our own with a one-time code too (Network Error Logging, section 5), by `Report-To`.
 */
const dropped = new Set([
  'nel',
  'report-to',
  'service-worker-allowed',
  'strict-transport-security',
  'public-key-pins',
  'public-key-pins-report-only',
  'expect-ct',
  'alt-svc',
  'set-cookie2',
  'x-sendfile',
  'x-lighttpd-send-file',
])
const droppedPrefix = /^(?:sallyport-|x-accel-)/
const addresses = new Set(['location', 'content-location', 'access-control-allow-origin'])

export interface ResponseHead {
  /** Flat pairs, lower-case names. */
  readonly headers: string[]
  /** The agent wrote this answer itself: why. */
  readonly agentError: string | undefined
  readonly contentLengths: number
  /** The end of the body can be told from a torn connection: a length, or chunks. */
  readonly framed: boolean
  /** Why the browser does not get it. */
  readonly refusal?: Refusal
}

export interface ResponseHeadersOptions {
  readonly raw: readonly string[]
  readonly status: number
  /** The browser's origin. */
  readonly origin: string
  readonly cookies: MachineCookies
  /** Origin of the bar around this page; null: it has none. */
  readonly bar: string | null
}

/** The machine's headers as the browser may have them. */
export function responseHeaders(options: ResponseHeadersOptions): ResponseHead {
  const { raw } = options
  const headers: string[] = []
  const head = { agentError: undefined as string | undefined, contentLengths: 0, chunked: false }
  const connection: string[] = []
  for (let at = 0; at < raw.length; at += 2) if (raw[at]!.toLowerCase() === 'connection') connection.push(raw[at + 1]!)
  const named = connection.length === 0 ? undefined : namedByConnection(connection)
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase()
    const value = raw[at + 1]!
    if (name === agentErrorHeader) head.agentError = value
    if (name === 'content-length') head.contentLengths++
    if (name === 'transfer-encoding') head.chunked = value.trim().toLowerCase() === 'chunked'
    if (!plainName.test(name) || controls.test(value) || hopByHop.has(name) || dropped.has(name) || droppedPrefix.test(name)) continue
    // A `Connection` that names these would take the length, a cookie or a policy from under the answer.
    if (named?.has(name) === true && !kept.has(name)) continue
    if (name === 'content-length' && options.status === 204) continue
    // A browser that asked whether its copy is good keeps what the copy came with (RFC 9111, section 3.2).
    if (options.status === 304 && ofTheDocument.has(name)) continue
    const rewritten = rewrite(name, value, options)
    if (rewritten !== undefined) headers.push(name, rewritten)
  }
  const framed = options.status === 304 ? headers : framingPolicy(headers, options.bar)
  return {
    headers: framed,
    agentError: head.agentError,
    contentLengths: head.contentLengths,
    framed: head.chunked || head.contentLengths === 1,
  }
}

const ofTheDocument = new Set(['content-security-policy', 'content-security-policy-report-only', 'x-frame-options'])

const kept = new Set([
  'content-length',
  'content-type',
  'content-encoding',
  'content-security-policy',
  'set-cookie',
  'x-content-type-options',
  'cache-control',
  'vary',
])

function rewrite(name: string, value: string, options: ResponseHeadersOptions): string | undefined {
  if (name === 'set-cookie') return options.cookies.rewrite(value)
  if (name === 'clear-site-data') return clearSiteData(value)
  if (addresses.has(name)) return address(value, options.origin)
  if (name === 'refresh')
    return value.replace(/(url\s*=\s*['"]?)(.*)$/i, (_, before: string, url: string) => before + address(url, options.origin))
  return value
}

function address(value: string, origin: string): string {
  const inside = value === machineOrigin || ['/', '?', '#'].some((next) => value.startsWith(machineOrigin + next))
  return inside ? origin + value.slice(machineOrigin.length) : value
}
