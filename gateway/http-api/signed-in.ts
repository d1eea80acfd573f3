import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { CodedError } from '../basics/coded-error.ts'
import { tooManyFromAddress, tooManyOfPerson } from '../basics/request-paces.ts'
import type { Role } from '../people/person.ts'
import { csrfToken } from '../sign-in/sign-in-room.ts'
import { whoIsSignedIn, type SignedIn } from '../sign-in/who-is-signed-in.ts'
import type { HttpApiPorts } from './api-ports.ts'

/** `__Host-`: only this host over a secure context sets it, for this host alone (RFC 6265bis, section 4.1.3.2). */
export const portalCookie = '__Host-sallyport'
export const pendingCookie = '__Host-sallyport-sign-in'
export const cookieOptions = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const
const csrfHeader = 'sallyport-csrf'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by {@link requireSignIn}; read it through {@link whoAsks}. */
    signedIn: SignedIn | null
  }
  interface FastifyContextConfig {
    /** Anybody may call it, also who is not signed in. */
    open?: true
    /** Set where {@link requireSignIn} is asked, which counts each request by its person. */
    countsByPerson?: true
  }
}

/** A check before anything of a request is read; what it asks for can be read from the route, for the API's description and for tests. */
export interface AccessCheck {
  (request: FastifyRequest, reply: FastifyReply): Promise<void>
  asks?: 'sign_in' | readonly Role[]
  /** Also for a command line that is signed in. */
  anyClient?: true
}

export function whoAsks(request: FastifyRequest): SignedIn {
  if (request.signedIn !== null) return request.signedIn
  throw notSignedIn()
}

const notSignedIn = (): CodedError => new CodedError({ code: 'not_signed_in', message: 'Sign in first.', remedy: 'sign_in' })

/** Two cookies of one name: one of them was tossed in by somebody else, and nobody can tell which. */
export function cookieOnce(request: FastifyRequest, name: string): string | undefined {
  const header = request.headers.cookie ?? ''
  const values = header.split(';').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : []
  })
  return values.length === 1 ? values[0] : undefined
}

/** For whoever showed a token that is worth nothing. */
export const invalidToken = { challenge: 'invalid_token' } as const

const badToken = (): CodedError =>
  new CodedError({ code: 'not_signed_in', message: 'Sign in first.', remedy: 'sign_in', details: invalidToken })

/**
 * `Authorization: Bearer` of a command line (RFC 6750, section 2.1; a scheme has no case, RFC 9110, section 11.1). Another scheme is none that
 * we know, and a cookie beside it does not make it one: whoever shows something is judged by it. A token with a cookie or an origin is one that
 * a page made a browser send.
 *
 * @throws CodedError `not_signed_in`
 */
export function bearerToken(request: { readonly headers: IncomingHttpHeaders }): string | undefined {
  const { authorization, cookie, origin } = request.headers
  if (authorization === undefined) return undefined
  if (!/^bearer(?: |$)/i.test(authorization)) throw notSignedIn()
  const [, token] = /^bearer +([A-Za-z0-9_-]{20,100})$/i.exec(authorization) ?? []
  if (token === undefined || cookie !== undefined || origin !== undefined) throw badToken()
  return token
}

/** For every route of the API: the person behind the cookie, with the CSRF check where something changes, or behind a command line's token. */
export function requireSignIn(ports: HttpApiPorts): AccessCheck {
  const check: AccessCheck = async (request) => {
    const bearer = bearerToken(request)
    const token = bearer ?? cookieOnce(request, portalCookie)
    const client = bearer === undefined ? 'browser' : 'command_line'
    const signedIn = token === undefined ? undefined : await whoIsSignedIn(ports.signIns, token, client)
    if (token === undefined || signedIn === undefined) {
      if (!ports.paces.stranger(request.ip)) throw tooManyFromAddress()
      throw bearer === undefined ? notSignedIn() : badToken()
    }
    if (!ports.paces.person(signedIn.person.id)) throw tooManyOfPerson()
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    if (client === 'browser' && changes) checkCsrf(request, token, ports.settings.portalOrigin)
    request.signedIn = signedIn
  }
  check.asks = 'sign_in'
  return check
}

/** For everything that anybody may ask for. Whoever is signed in is looked up only where too many strangers came from his address. */
export function paceStrangers(ports: HttpApiPorts): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (request.routeOptions.config.countsByPerson === true || ports.paces.stranger(request.ip)) return
    const token = cookieOnce(request, portalCookie)
    const signedIn = token === undefined ? undefined : await whoIsSignedIn(ports.signIns, token)
    if (signedIn === undefined) throw tooManyFromAddress()
    if (!ports.paces.person(signedIn.person.id)) throw tooManyOfPerson()
  }
}

/** Our own page, by what the browser says of itself and by a token that only our pages can read. */
function checkCsrf(request: FastifyRequest, token: string, portalOrigin: string): void {
  const site = request.headers['sec-fetch-site']
  const origin = request.headers.origin
  const sent = Buffer.from(String(request.headers[csrfHeader] ?? ''))
  const expected = Buffer.from(csrfToken(token))
  const sameToken = sent.length === expected.length && timingSafeEqual(sent, expected)
  if ((site === undefined || site === 'same-origin') && (origin === undefined || origin === portalOrigin) && sameToken) return
  throw new CodedError({
    code: 'csrf',
    message: `Send the header "${csrfHeader}" with the token from /api/v1/me, from a page of the portal.`,
    remedy: 'forbidden',
  })
}

/** For what people do from git as well: a command line with its token may, where the person has the role. */
export function atAnyClient(check: AccessCheck): AccessCheck {
  const roles = Array.isArray(check.asks) ? (check.asks as readonly Role[]) : []
  const any: AccessCheck = async (request) => demandRole(whoAsks(request).person, roles)
  any.asks = roles
  any.anyClient = true
  return any
}

/** For administration: a person with such a role, at a browser. A command line was allowed to see machines and to open connections, no more. */
export function requireRole(...roles: readonly Role[]): AccessCheck {
  const check: AccessCheck = async (request) => {
    const { person, signIn } = whoAsks(request)
    if (signIn.client !== 'browser')
      throw new CodedError({ code: 'not_a_browser', message: 'Do this in the portal, in a browser.', remedy: 'forbidden' })
    demandRole(person, roles)
  }
  check.asks = roles
  return check
}

function demandRole(person: SignedIn['person'], roles: readonly Role[]): void {
  if (roles.some((role) => person.roles.includes(role))) return
  throw new CodedError({
    code: 'forbidden',
    message: `This needs the role ${roles.join(' or ').replaceAll('_', ' ')}.`,
    remedy: 'forbidden',
  })
}

const checksOf = (route: Pick<RouteOptions, 'onRequest'>): readonly AccessCheck[] =>
  [route.onRequest ?? []].flat().filter((hook): hook is AccessCheck => 'asks' in hook)

export const asksForSignIn = (route: Pick<RouteOptions, 'onRequest'>): boolean => checksOf(route).some(({ asks }) => asks === 'sign_in')

/** A role is asked for, and a browser to show it in. */
export const asksForBrowser = (route: Pick<RouteOptions, 'onRequest'>): boolean =>
  checksOf(route).some(({ asks, anyClient }) => Array.isArray(asks) && anyClient !== true)

/** Default deny: a route of the API that forgot to ask who calls is not served at all. */
export function demandAccessCheck(route: RouteOptions): void {
  if (asksForSignIn(route)) route.config = { ...route.config, countsByPerson: true }
  if (!route.url.startsWith('/api/') || route.config?.open === true || asksForSignIn(route)) return
  throw new TypeError(`${String(route.method)} ${route.url} asks for no sign-in. Give it requireSignIn, or "config: { open: true }".`)
}

export const decorateSignedIn = (app: FastifyInstance): FastifyInstance => app.decorateRequest('signedIn', null)
