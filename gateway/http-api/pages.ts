import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Random } from '../basics/random.ts'

/** Addresses that belong to the API and to sign-in: never answered with a page. */
const notPages = /^\/(?:api|auth|assets)(?:\/|$)/

/** Curl and those who watch whether it is up ask for the first page with a wildcard; elsewhere that is a script, which must not get a page. */
const takesPages = ({ url, headers: { accept } }: FastifyRequest): boolean =>
  accept === undefined || accept.includes('text/html') || (url === '/' && /(?:\*|text)\/\*/.test(accept))

/** The built portal. Assets carry a digest in their names and may be kept for ever; the page itself is made for each answer, with a nonce of its own. */
export async function servePages(app: FastifyInstance, pagesDir: string, random: Random): Promise<void> {
  const index = await readFile(join(pagesDir, 'index.html'), 'utf8')
  await app.register(fastifyStatic, {
    root: join(pagesDir, 'assets'),
    prefix: '/assets/',
    cacheControl: false,
    setHeaders: (reply) => {
      reply.header('cache-control', 'public, max-age=31536000, immutable')
    },
  })
  app.get('/*', { schema: { hide: true }, exposeHeadRoute: true }, (request, reply) => {
    if (notPages.test(request.url) || !takesPages(request)) return reply.callNotFound()
    const nonce = random.token(16)
    return reply
      .header('content-security-policy', pagePolicy(nonce))
      .header('cross-origin-opener-policy', 'same-origin-allow-popups')
      .type('text/html; charset=utf-8')
      .send(index.replaceAll('__CSP_NONCE__', nonce))
  })
}

const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')
