import type { FastifyInstance } from 'fastify'
import { CodedError } from '../basics/coded-error.ts'

const yearS = 31_536_000

/** ASVS 3.4: on every answer of the portal, refusals too. Pages add their own policy with a nonce (`pages.ts`). */
export const securityHeadersOf = (portalOrigin: string): Readonly<Record<string, string>> => ({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
  ...(portalOrigin.startsWith('https:') ? { 'strict-transport-security': `max-age=${yearS}; includeSubDomains` } : {}),
})

export function securityHeaders(app: FastifyInstance, portalOrigin: string): void {
  const headers = securityHeadersOf(portalOrigin)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    // Scripts of machines live on another site; whatever they send here is hostile (design.md, section 9).
    const site = request.headers['sec-fetch-site']
    const foreign = site === 'cross-site' || site === 'same-site'
    const navigates = request.headers['sec-fetch-mode'] === 'navigate'
    // A link may lead here once a person follows it. What a browser fetches ahead of that, for the speculation rules of a foreign page too, says `none`.
    const ahead = navigates && request.headers['sec-purpose'] !== undefined
    if (ahead || (foreign && !(request.method === 'GET' && navigates))) {
      throw new CodedError({ code: 'cross_site', message: 'The portal takes requests from its own pages only.', remedy: 'forbidden' })
    }
  })
}
