import type { Server } from 'node:http'
import type { Clock, Timer } from '../gateway/basics/clock.ts'
import type { Running } from '../gateway/basics/lifecycle.ts'
import type { Logger } from '../gateway/basics/logger.ts'
import type { Random } from '../gateway/basics/random.ts'
import { createPasswordCheck } from './accounts/check-password.ts'
import type { SignInLimits } from './accounts/sign-in-limits.ts'
import { createSignInLimits } from './accounts/sign-in-limits.ts'
import { createAdminServer } from './admin-api/admin-server.ts'
import { alreadyConsumed, createProvider, isSigningOut } from './create-provider.ts'
import { loadProviderKeys } from './keys/load-provider-keys.ts'
import { listenPrivately } from './listen-privately.ts'
import { startPublicServer } from './public-server.ts'
import type { IdpSettings } from './settings/idp-settings.ts'
import { readAdminToken } from './settings/read-admin-token.ts'
import { openDatabase } from './storage/open-database.ts'
import { createSqlAccountStore } from './storage/sql-account-store.ts'
import { createSqlCredentialStore } from './storage/sql-credential-store.ts'
import { createSqlFeed } from './storage/sql-feed.ts'
import { createSqlKeyStore } from './storage/sql-key-store.ts'
import { createSqlProviderRecords } from './storage/sql-provider-records.ts'

export interface StartIdpOptions {
  readonly settings: IdpSettings
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** `NODE_ENV`; must be `production` outside the demo. */
  readonly nodeEnvironment?: string | undefined
  readonly limits?: SignInLimits | undefined
}

export interface RunningIdp extends Running {
  readonly issuer: string
}

const sweepEveryMs = 60_000

/** Composition root. @throws settings_invalid, admin_token_refused, not_hardened, socket_in_use, database_too_new */
export async function startIdp(options: StartIdpOptions): Promise<RunningIdp> {
  const { settings, clock, random, logger } = options
  const nowS = (): number => clock.nowS()
  const token = readAdminToken(settings.admin.tokenFile, { groupMayRead: settings.socketMode === '0660' })
  const database = openDatabase({ dataDir: settings.dataDir, nowS })
  const stack: (() => Promise<void> | void)[] = [() => database.close()]
  try {
    const feed = createSqlFeed({ database, random, nowS })
    const accounts = createSqlAccountStore({ database, feed, nowS })
    const credentials = createSqlCredentialStore({ database, feed, nowS })
    const records = createSqlProviderRecords({ database, feed, nowS, isSigningOut, alreadyConsumed })
    const keys = await loadProviderKeys(createSqlKeyStore(database), { random, nowS })
    const checkPassword = await createPasswordCheck({ accounts, credentials, limits: options.limits ?? createSignInLimits(), random })
    const parts = { settings, keys, accounts, credentials, records, checkPassword, random, nowS, logger }
    const provider = createProvider({ ...parts, nodeEnvironment: options.nodeEnvironment ?? process.env['NODE_ENV'] })
    stack.push(sweepRegularly(clock, () => records.sweep()))
    const { issuer, demo } = settings
    const admin = createAdminServer({ accounts, credentials, feed, issuer, demo, token, clock, nowS, random, logger })
    stack.push(() => admin.close())
    await listenPrivately(settings.admin.socket, settings.socketMode, () => admin.listen({ path: settings.admin.socket }))
    const serve = provider.callback()
    const server = await startPublicServer(settings, (request, response) => void serve(request, response))
    stack.push(() => closeServer(server))
    logger.info({ issuer, demo }, 'the identity provider is ready')
    return { issuer, drain: async () => drainServer(server), close: onceOnly(() => unwind(stack)) }
  } catch (error) {
    await unwind(stack)
    throw error
  }
}

async function unwind(stack: (() => Promise<void> | void)[]): Promise<void> {
  for (const close of stack.splice(0).toReversed()) await close()
}

function onceOnly(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}

function sweepRegularly(clock: Clock, sweep: () => void): () => void {
  let timer: Timer
  const arm = (): void => {
    timer = clock.after(sweepEveryMs, () => {
      sweep()
      arm()
    })
  }
  arm()
  return () => timer.cancel()
}

function drainServer(server: Server): void {
  server.close()
  server.closeIdleConnections()
}

async function closeServer(server: Server): Promise<void> {
  const closed = server.listening ? new Promise<void>((resolve) => void server.close(() => resolve())) : Promise.resolve()
  server.closeAllConnections()
  await closed
}
