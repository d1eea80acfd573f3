import type Provider from 'oidc-provider'

/** The Koa context of a request at the provider's public side. */
export type PageContext = Parameters<Parameters<Provider['use']>[0]>[0]
export type Middleware = (ctx: PageContext, next: () => Promise<unknown>) => Promise<void>
