import type { EventEmitter } from 'node:events'
import type Provider from 'oidc-provider'
import type { Logger } from '../../gateway/basics/logger.ts'

const refusals = ['pushed_authorization_request.error', 'grant.error', 'userinfo.error'] as const

/** What the library reports goes to our log: codes and descriptions, never parameters. */
export function logProviderEvents(provider: Provider, logger: Logger): void {
  // Koa prints errors on the console unless somebody listens.
  provider.silent = true
  const emitter: EventEmitter = provider
  emitter.on('error', (error: Error) => logger.error({ stack: error.stack }, 'the provider failed'))
  provider.on('server_error', (_ctx, error) => logger.error({ stack: error.stack }, 'the provider failed'))
  for (const event of refusals) {
    provider.on(event as 'grant.error', (ctx, error) => {
      const { error_description: description, error_detail: detail } = error as { error_description?: string; error_detail?: string }
      logger.info({ event, client: ctx.oidc.client?.clientId, error_code: error.message, description, detail }, 'a client was refused')
    })
  }
}
