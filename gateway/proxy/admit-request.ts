import type { IncomingMessage } from 'node:http'
import type { AccessAddress, AccessHost } from './access-address.ts'
import type { AccessLookup, Standing } from './access-lookup.ts'
import type { AccessSettings } from './access-settings.ts'
import type { AuthorizedService } from './authorized-service.ts'
import { canonicalPath, type CanonicalPath } from './canonical-path.ts'
import { entryPath } from './entry.ts'
import { foreignRequest, framedBySameSite, serviceWorker } from './fetch-metadata.ts'
import type { AccessOrigin, StreamAuthority } from './ports.ts'
import { isRefusal, refuse, type Refusal } from './refusal.ts'
import { ambiguousUnderRules, deniedByRule } from './denied-by-rule.ts'
import { deniedRefusal } from './denied-refusal.ts'
import { requestCookies, type RequestCookies } from './request-cookies.ts'
import { requestFraming, type RequestFraming } from './request-framing.ts'
import { requestHeaders, valuesOf } from './request-headers.ts'
import type { ServiceGrants } from './service-grants.ts'

/** A request whose every part was read in exactly one way. Nobody is let in yet. */
export interface WellFormedRequest {
  readonly host: AccessHost
  /** Of the browser. */
  readonly origin: string
  readonly method: string
  readonly path: CanonicalPath
  readonly framing: RequestFraming
  readonly cookies: RequestCookies
}

/** A request of a browser that is let in, to a service that is open for it. */
export interface AdmittedBrowser extends WellFormedRequest {
  readonly access: AccessOrigin
  readonly service: AuthorizedService
}

/** A request that may go to the machine. */
export interface AdmittedRequest extends AdmittedBrowser {
  readonly headers: string[]
}

export interface AdmissionOptions {
  readonly address: AccessAddress
  readonly lookup: AccessLookup
  readonly grants: ServiceGrants
  readonly authority: Pick<StreamAuthority, 'sessionSummary'>
  readonly settings: AccessSettings
}

/** First half: what the request says, before anything is looked up. Pure. */
export function readRequest(req: IncomingMessage, options: AdmissionOptions): WellFormedRequest | Refusal {
  const { limits, secureCookies } = options.settings
  const method = req.method ?? ''
  if (req.httpVersion !== '1.1') return refuse('bad_request', 'http_version', { status: 505 })
  if (method === 'TRACE' || method === 'CONNECT')
    return refuse('bad_request', 'method_not_allowed', { status: 405, headers: { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' } })
  const hosts = valuesOf(req.rawHeaders, 'host')
  const host = hosts.length === 1 ? options.address.parseHost(hosts[0]) : undefined
  if (host === undefined) return refuse('bad_request', 'host_invalid', { status: hosts.length === 1 ? 421 : 400 })
  const origin = options.address.originOf(host)
  const path = canonicalPath(req.url ?? '', { origin, maxBytes: limits.maxTargetBytes })
  if (isRefusal(path)) return path
  const framing = requestFraming(req)
  if (isRefusal(framing)) return framing
  const intoFrame = path.path === entryPath && framedBySameSite(method, req.headers)
  const foreign = (intoFrame ? undefined : foreignRequest(method, req.headers, origin)) ?? serviceWorker(req.headers)
  if (foreign !== undefined) return foreign
  return { host, origin, method, path, framing, cookies: requestCookies(valuesOf(req.rawHeaders, 'cookie'), secureCookies) }
}

/** Second half: whose browser it is, and whether its session is open for this service. */
export async function admitBrowser(read: WellFormedRequest, options: AdmissionOptions): Promise<AdmittedBrowser | Refusal> {
  const access = await options.lookup.origin(read.host.label)
  if (access === undefined || access.service !== read.host.service) return refuse('not_yours', 'origin_unknown')
  const standing = await options.lookup.standing(access.label, read.cookies.access, 'use')
  if (standing !== 'in') return notIn(standing, access, options)
  const service = await options.grants.authorize(access)
  if ('denied' in service) return deniedRefusal(service)
  if (service.grant.kind !== 'http') return refuse('not_open', 'service_not_http')
  return { ...read, access, service }
}

/** And for what is for the machine: whether the rules let it ask for this. */
export async function admitRequest(
  req: IncomingMessage,
  read: WellFormedRequest,
  options: AdmissionOptions,
): Promise<AdmittedRequest | Refusal> {
  const { limits } = options.settings
  const browser = await admitBrowser(read, options)
  if (isRefusal(browser)) return browser
  const { service } = browser
  const rules = service.grant.requestRules ?? []
  if (rules.length > 0 && ambiguousUnderRules(read.path.path)) return refuse('bad_request', 'path_ambiguous')
  if (deniedByRule(rules, read.method, read.path.path)) return refuse('not_allowed', 'request_rule')
  const headers = requestHeaders({
    rawHeaders: req.rawHeaders,
    origin: read.origin,
    cookie: service.cookies.header(read.cookies.machine),
    ruled: rules.length > 0,
    maxBytes: limits.maxHeaderBytes,
    maxPairs: limits.maxHeaderPairs,
  })
  if (isRefusal(headers)) return headers
  return { ...browser, headers }
}

/** Nothing of the machine stays in a browser whose person signed out. Where the session is over too, that is what its page says. */
async function notIn(standing: Exclude<Standing, 'in'>, access: AccessOrigin, { authority }: AdmissionOptions): Promise<Refusal> {
  if (standing === 'stranger') return refuse('not_yours', 'not_entered')
  const summary = await authority.sessionSummary(access.sessionId)
  if (typeof summary?.endedReason === 'string') return refuse('session_over', 'session_over')
  return refuse('not_yours', 'signed_out', { headers: { 'clear-site-data': '"cache", "storage"' } })
}
