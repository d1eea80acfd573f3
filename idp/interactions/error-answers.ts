import type { Configuration } from 'oidc-provider'
import { CodedError } from '../../gateway/basics/coded-error.ts'
import type { Logger } from '../../gateway/basics/logger.ts'
import type { Random } from '../../gateway/basics/random.ts'
import { errorPage } from '../pages/error-page.ts'
import type { ErrorKind } from '../pages/words.ts'
import type { Middleware, PageContext } from '../provider/page-context.ts'
import type { FrameFor } from './frame-for.ts'

export interface ErrorAnswers {
  /** Answers with the error page; the id on it stands in the log beside the details. */
  show(ctx: PageContext, status: number, kind: ErrorKind, code: string, error?: unknown): void
  readonly renderError: NonNullable<Configuration['renderError']>
  /** The outermost middleware: what nobody caught, and addresses that nobody serves. */
  readonly catchAll: Middleware
}

export function createErrorAnswers(options: {
  readonly frameFor: FrameFor
  readonly random: Random
  readonly logger: Logger
}): ErrorAnswers {
  const { frameFor, random, logger } = options
  const show: ErrorAnswers['show'] = (ctx, status, kind, code, error) => {
    const id = random.hex(6)
    const fields = { error_id: id, error_code: code, status, path: withoutSecrets(ctx.path), ...describe(error) }
    if (status >= 500) logger.error(fields, 'a request failed')
    else logger.info(fields, 'a request was refused')
    ctx.status = status
    ctx.type = 'html'
    ctx.body = errorPage(frameFor(ctx), { kind, code, id })
  }
  return {
    show,
    renderError: (ctx, out, error) => {
      show(ctx, ctx.status, kindOf(out.error, error), out.error, error)
    },
    async catchAll(ctx, next) {
      try {
        await next()
      } catch (error) {
        const [status, kind, code] = answerTo(error)
        show(ctx, status, kind, code, error)
        return
      }
      if (ctx.status === 404 && ctx.body === undefined) show(ctx, 404, 'not_found', 'not_found')
    },
  }
}

function kindOf(code: string, error: unknown): ErrorKind {
  if (error instanceof Error && error.name === 'SessionNotFound') return 'expired'
  if (code === 'server_error') return 'internal'
  return code === 'access_denied' ? 'denied' : 'request'
}

function answerTo(error: unknown): readonly [status: number, kind: ErrorKind, code: string] {
  if (!(error instanceof CodedError)) {
    return error instanceof Error && error.name === 'SessionNotFound' ? [400, 'expired', 'sign_in_expired'] : [500, 'internal', 'internal']
  }
  switch (error.code) {
    case 'form_too_large':
      return [413, 'too_large', error.code]
    case 'form_type':
      return [415, 'method', error.code]
    case 'form_repeated_field':
      return [400, 'forged', error.code]
    default:
      return [500, 'internal', error.code]
  }
}

/** Links and interactions are secrets in an address. */
const withoutSecrets = (path: string): string => path.replace(/^\/(setup|interaction|auth)\/.*$/, '/$1/...')

function describe(error: unknown): object {
  if (!(error instanceof Error)) return {}
  const description = 'error_description' in error ? error.error_description : error.message
  const detail = 'error_detail' in error ? error.error_detail : undefined
  return { description, detail, stack: 'expose' in error && error.expose === true ? undefined : error.stack }
}
