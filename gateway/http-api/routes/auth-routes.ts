import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CodedError, isCodedError } from '../../basics/coded-error.ts'
import { beginSignIn } from '../../sign-in/begin-sign-in.ts'
import { completeSignIn } from '../../sign-in/complete-sign-in.ts'
import { whoIsSignedIn } from '../../sign-in/who-is-signed-in.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { cookieOnce, cookieOptions, pendingCookie, portalCookie } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'

const pendingLifetimeS = 600
const signInQuery = z.object({
  return_to: z.string().max(2048).default('/'),
  /** Although somebody is signed in: where policy wants a stronger or a younger sign-in. */
  again: z.enum(['true']).optional(),
})

/** Leaving for the provider and coming back: navigations of the browser, not calls of the API. */
export function authRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const { portalOrigin } = ports.settings

  app.get('/auth/sign-in', { schema: { hide: true, querystring: signInQuery } }, async (request, reply) => {
    try {
      const again = request.query.again === 'true' ? await signedInAs(request) : undefined
      const { url, token } = await beginSignIn(ports.signIns, { returnTo: request.query.return_to, address: request.ip, again })
      return await reply.setCookie(pendingCookie, token, { ...cookieOptions, maxAge: pendingLifetimeS }).redirect(url.href, 303)
    } catch (error) {
      return failed(reply, error)
    }
  })

  app.get('/auth/callback', { schema: { hide: true } }, async (request, reply) => {
    reply.clearCookie(pendingCookie, cookieOptions)
    try {
      const pendingToken = cookieOnce(request, pendingCookie)
      if (pendingToken === undefined) {
        throw new CodedError({ code: 'sign_in_failed', message: 'This sign-in was not begun in this browser.', remedy: 'sign_in' })
      }
      const callback = new URL(request.url, portalOrigin)
      const { token, returnTo, expiresAt } = await completeSignIn(ports.signIns, {
        callback,
        pendingToken,
        address: request.ip,
        previousToken: cookieOnce(request, portalCookie),
      })
      const maxAge = expiresAt - ports.clock.nowS()
      return await reply.setCookie(portalCookie, token, { ...cookieOptions, maxAge }).redirect(returnTo, 303)
    } catch (error) {
      return failed(reply, error)
    }
  })

  /** Whoever is signed in here. Nobody any more: then it is a sign-in like any other, which proves him anew as well. */
  async function signedInAs(request: FastifyRequest): Promise<{ readonly username: string } | undefined> {
    const token = cookieOnce(request, portalCookie)
    return token === undefined ? undefined : (await whoIsSignedIn(ports.signIns, token))?.person
  }

  /** A page that says so: whoever comes here looks at a browser, not at an API's answer. */
  function failed(reply: FastifyReply, error: unknown): FastifyReply {
    const code = isCodedError(error) ? error.code : 'sign_in_failed'
    ports.logger.warn({ err: error, code }, 'a sign-in failed')
    return reply.redirect(`/sign-in-failed?code=${encodeURIComponent(code)}`, 303)
  }
}
