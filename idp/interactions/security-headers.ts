import type { Middleware, PageContext } from '../provider/page-context.ts'

/** Where a page's forms may lead. Browsers check every hop of the redirects after a form, so the application's origin is among them. */
const formTargets = new WeakMap<PageContext['req'], readonly string[]>()

export function allowFormTarget(ctx: PageContext, uri: unknown): void {
  const origin = typeof uri === 'string' ? URL.parse(uri)?.origin : undefined
  if (origin !== undefined && origin !== 'null') formTargets.set(ctx.req, [...(formTargets.get(ctx.req) ?? []), origin])
}

/** Headers of every answer. The policy is set last: the library would allow its inline scripts otherwise. */
export function createSecurityHeaders(issuer: string): Middleware {
  const https = issuer.startsWith('https:')
  return async (ctx, next) => {
    try {
      await next()
    } finally {
      const targets = ["'self'", ...(formTargets.get(ctx.req) ?? [])].join(' ')
      ctx.set({
        'content-security-policy': `default-src 'none'; style-src 'self'; img-src 'self'; form-action ${targets}; frame-ancestors 'none'; base-uri 'none'`,
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        // Not no-referrer: browsers then send `Origin: null` with our own forms.
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      })
      if (https) ctx.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
      if (ctx.response.headers['cache-control'] === undefined) ctx.set('cache-control', 'no-store')
    }
  }
}
