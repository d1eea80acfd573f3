import type { Middleware } from '../provider/page-context.ts'
import type { ErrorAnswers } from './error-answers.ts'

const methods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS'])

/**
 * Only this issuer's own host and scheme: the library builds addresses from them, so a stranger's `Host` would end up in the metadata
 * that clients trust.
 */
export function createRequestGuard(options: { readonly issuer: string; readonly errors: Pick<ErrorAnswers, 'show'> }): Middleware {
  const { host, protocol } = new URL(options.issuer)
  return async (ctx, next) => {
    if (!methods.has(ctx.method)) return options.errors.show(ctx, 405, 'method', 'method_not_allowed')
    if (ctx.host !== host || `${ctx.protocol}:` !== protocol) return options.errors.show(ctx, 421, 'not_found', 'misdirected_request')
    await next()
  }
}
