import { machineHost, machineOrigin } from '../../agent/wire/machine-origin.ts'
import { controls, hopByHop, namedByConnection, plainName } from './header-names.ts'
import { refuse, type Refusal } from './refusal.ts'

/** Set by this hop, or meant for it. */
const ours = new Set(['host', 'cookie', 'origin', 'referer', 'content-length', 'expect'])

/** Who asks and from where: only proxies say that, and here we are the only one. */
const identity = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'true-client-ip',
  'x-cluster-client-ip',
  'client-ip',
  'fastly-client-ip',
  'x-proxyuser-ip',
  'x-forward-for',
  'x-auth-user',
  'x-original-url',
  'x-rewrite-url',
  'x-original-host',
  'x-host',
])
const identityPrefix =
  /^(?:x-forwarded|x-original-forwarded|x-client-(?:ip|cert|dn|verify|s-dn)|(?:x-)?remote-|x-authenticated-|x-auth-request-|x-webauth-|x-ssl-|ssl-|cf-|x-envoy-|x-amzn-oidc-|x-appengine-|x-goog-(?:authenticated|iap)-|x-ms-client-principal|x-azure-|x-pomerium-|x-authentik-|tailscale-|wl-proxy-|sallyport-|sec-websocket-|proxy-)/

/** They change the method after policy has judged it. */
const methodOverride = new Set(['x-http-method', 'x-http-method-override', 'x-method-override'])

/** Two of them, and two readers choose differently. */
const single = new Set([
  'host',
  'origin',
  'referer',
  'authorization',
  'content-type',
  'range',
  'if-range',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
])

export interface RequestHeadersOptions {
  readonly rawHeaders: readonly string[]
  /** The browser's own origin here; `Origin` and `Referer` of it become the machine's. */
  readonly origin: string
  /** `Cookie` as the machine may see it, or ''. */
  readonly cookie: string
  /** Request rules apply, so nothing may change what they judged. */
  readonly ruled: boolean
  readonly maxBytes: number
  readonly maxPairs: number
}

/**
 * The headers that reach the machine, as flat pairs with lower-case names. An unknown end-to-end header passes if its name is plain and speaks of no
 * identity, connection or override: machines have headers of their own (`x-csrf-token`). Ours are set last and win.
 */
export function requestHeaders(options: RequestHeadersOptions): string[] | Refusal {
  const raw = options.rawHeaders
  const problem = badHeaders(options)
  if (problem !== undefined) return problem
  const named = namedByConnection(valuesOf(raw, 'connection'))
  const headers = ['host', machineHost]
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase()
    if (!plainName.test(name) || hopByHop.has(name) || ours.has(name) || named.has(name)) continue
    if (identity.has(name) || identityPrefix.test(name) || (options.ruled && methodOverride.has(name))) continue
    headers.push(name, raw[at + 1]!)
  }
  if (valuesOf(raw, 'origin')[0] === options.origin) headers.push('origin', machineOrigin)
  const referer = valuesOf(raw, 'referer')[0]
  if (referer !== undefined && (referer === options.origin || referer.startsWith(`${options.origin}/`))) {
    headers.push('referer', machineOrigin + referer.slice(options.origin.length))
  }
  if (options.cookie !== '') headers.push('cookie', options.cookie)
  return headers
}

function badHeaders(options: RequestHeadersOptions): Refusal | undefined {
  const raw = options.rawHeaders
  if (raw.length / 2 > options.maxPairs) return refuse('bad_request', 'too_many_headers', { status: 431 })
  const seen = new Set<string>()
  let bytes = 0
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase()
    bytes += name.length + raw[at + 1]!.length + 4
    if (controls.test(raw[at + 1]!)) return refuse('bad_request', 'header_characters')
    if (!single.has(name)) continue
    if (seen.has(name)) return refuse('bad_request', 'header_twice')
    seen.add(name)
  }
  return bytes > options.maxBytes ? refuse('bad_request', 'headers_too_long', { status: 431 }) : undefined
}

/** Every value of a header, in order. */
export function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]!.toLowerCase() === name) values.push(rawHeaders[at + 1]!)
  return values
}
