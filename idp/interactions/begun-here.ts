import type Provider from 'oidc-provider'
import { lifetimes } from '../provider/lifetimes.ts'
import type { Middleware, PageContext } from '../provider/page-context.ts'

/** Sign-ins that one browser may have under way, in tabs beside each other. */
const mostAtOnce = 10

/**
 * A sign-in goes on only in the browser in which it began. The library's own cookies for that have paths, so they cannot be `__Host-`, and any other host of
 * our domain can set them (RFC 6265bis, section 8.6): it would plant a sign-in of its own in somebody's browser, and have his password open its session,
 * or leave him signed in as somebody else (RFC 9700, section 4.7; CWE-384). This cookie is `__Host-`: nobody but us can set it.
 */
export function createBegunHere(provider: Provider): Middleware {
  const secure = provider.issuer.startsWith('https:')
  const cookieName = secure ? '__Host-sallyport-begun' : 'sallyport-begun'
  const begunIn = (ctx: PageContext): readonly string[] => ctx.cookies.get(cookieName, { signed: false })?.split('.') ?? []
  provider.on('interaction.started', (ctx) => {
    const { uid } = ctx.oidc.entities.Interaction ?? {}
    if (uid === undefined) return
    const begun = [uid, ...begunIn(ctx).filter((other) => other !== uid)].slice(0, mostAtOnce)
    const maxAge = lifetimes.interactionS * 1000
    ctx.cookies.set(cookieName, begun.join('.'), { httpOnly: true, sameSite: 'lax', secure, signed: false, path: '/', maxAge })
  })
  const bound = new Set([provider.cookieName('interaction'), provider.cookieName('resume')])
  return async (ctx, next) => {
    const { cookie } = ctx.req.headers
    if (cookie !== undefined) ctx.req.headers.cookie = withoutForeign(cookie, bound, begunIn(ctx))
    await next()
  }
}

/** The library goes by these cookies and not by the address, so a foreign one must not reach it at any. */
function withoutForeign(cookie: string, bound: ReadonlySet<string>, begun: readonly string[]): string {
  const ours = (pair: string): boolean => {
    const at = pair.indexOf('=')
    return !bound.has(pair.slice(0, at).trim()) || begun.includes(pair.slice(at + 1).trim())
  }
  return cookie.split(';').filter(ours).join(';')
}
