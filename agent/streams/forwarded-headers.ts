import type { HostPort } from '../settings/agent-settings.ts'
import { hostHeader } from '../settings/host-port.ts'
import { machineOrigin } from '../wire/machine-origin.ts'

/** A flat list of names and values, as `rawHeaders` has it: repeated fields stay repeated. */
export type RawHeaders = string[]

/** RFC 9110, section 7.6.1, and the fields of proxies. Framing and Host are always written anew. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
  'http2-settings',
])
const ours = /^sallyport[-_.]/

/** Fields of a request on their way to the local service, without Host and framing. */
export function requestHeaders(rawHeaders: readonly string[], target: HostPort): RawHeaders {
  const kept: RawHeaders = []
  for (const [name, value, lower] of endToEnd(rawHeaders)) {
    if (lower === 'host') continue
    const rewritten =
      lower === 'origin' || lower === 'referer' ? replaceOrigin(value, machineOrigin, `http://${hostHeader(target)}`) : value
    kept.push(name, rewritten)
  }
  return ['Host', hostHeader(target), ...kept]
}

/** Fields of an answer on their way to the gateway, without framing. */
export function answerHeaders(rawHeaders: readonly string[], target: HostPort): RawHeaders {
  const kept: RawHeaders = []
  for (const [name, value, lower] of endToEnd(rawHeaders))
    kept.push(name, pointsSomewhere.has(lower) ? relative(lower, value, target) : value)
  return kept
}

const pointsSomewhere = new Set(['location', 'content-location', 'refresh'])

function* endToEnd(rawHeaders: readonly string[]): Generator<[string, string, string]> {
  const named = new Set<string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]!.toLowerCase() === 'connection')
      for (const name of rawHeaders[at + 1]!.split(',')) named.add(name.trim().toLowerCase())
  }
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const lower = rawHeaders[at]!.toLowerCase()
    if (!hopByHop.has(lower) && !named.has(lower) && !ours.test(lower)) yield [rawHeaders[at]!, rawHeaders[at + 1]!, lower]
  }
}

function replaceOrigin(value: string, from: string, to: string): string {
  if (value === from) return to
  return value.startsWith(`${from}/`) ? to + value.slice(from.length) : value
}

/** An absolute address of the machine itself becomes one without an origin: nobody outside knows the machine by this name. */
function relative(field: string, value: string, target: HostPort): string {
  const [, before = '', address = ''] =
    field === 'refresh' ? (/^(\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?['"]?)(.*)$/is.exec(value) ?? []) : ['', '', value]
  for (const origin of ownOrigins(target)) {
    if (!address.toLowerCase().startsWith(origin)) continue
    const rest = address.slice(origin.length)
    if (rest === '' || /^[/?#'"]/.test(rest))
      return before + (rest.startsWith('/') ? `${rest.startsWith('//') ? '/.' : ''}${rest}` : `/${rest}`)
  }
  return value
}

function ownOrigins(target: HostPort): string[] {
  const hosts = [hostHeader(target), ...(target.port === 80 ? [hostHeader(target).replace(/:80$/, '')] : [])]
  return hosts.flatMap((host) => [`http://${host}`, `//${host}`])
}
