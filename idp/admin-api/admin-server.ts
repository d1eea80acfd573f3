import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../gateway/basics/clock.ts'
import { CodedError } from '../../gateway/basics/coded-error.ts'
import type { Logger } from '../../gateway/basics/logger.ts'
import type { Random } from '../../gateway/basics/random.ts'
import type { AccountFeed } from '../accounts/account-feed.ts'
import type { AccountStore, CredentialStore } from '../accounts/account-store.ts'
import { accountRoutes } from './account-routes.ts'
import { feedRoutes } from './feed-routes.ts'
import { photoRoutes } from './photo-routes.ts'
import { sendProblem } from './problem-details.ts'
import { requireToken } from './require-token.ts'
import { createWaiter } from './wait-for-change.ts'

export interface AdminParts {
  readonly accounts: AccountStore
  readonly credentials: CredentialStore
  readonly feed: AccountFeed
  readonly issuer: string
  readonly demo: boolean
  readonly token: string
  readonly clock: Clock
  readonly nowS: () => number
  readonly random: Random
  readonly logger: Logger
}

const bodyLimitBytes = 1024 * 1024

/** The API for the gateway's administrators, on a socket of its own. Closing it answers the reader that waits at the feed. */
export function createAdminServer(parts: AdminParts): FastifyInstance {
  const server = fastify({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100, caseSensitive: true },
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, error, parts),
  })
  const waiter = createWaiter(parts)
  const check = requireToken(parts.token)
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    check(request.headers.authorization)
  })
  server.setErrorHandler((error, _request, reply) => sendProblem(reply, error, parts))
  server.setNotFoundHandler((request) => {
    throw new CodedError({
      code: 'not_found',
      message: `There is no ${request.method} at this address. The README of idp/ lists the API.`,
      remedy: 'not_found',
    })
  })
  server.addHook('preClose', async () => waiter.close())
  server.get('/admin/health', async () => ({ status: 'ok', issuer: parts.issuer }))
  accountRoutes(server, parts)
  photoRoutes(server, parts)
  feedRoutes(server, parts, waiter)
  return server
}
