import Provider, { errors } from 'oidc-provider'
import type { CheckPassword } from './accounts/check-password.ts'
import type { AccountStore, CredentialStore } from './accounts/account-store.ts'
import { CodedError } from '../gateway/basics/coded-error.ts'
import type { Logger } from '../gateway/basics/logger.ts'
import type { Random } from '../gateway/basics/random.ts'
import { createBegunHere } from './interactions/begun-here.ts'
import { createCsrf } from './interactions/csrf.ts'
import { createErrorAnswers } from './interactions/error-answers.ts'
import { createFrameFor } from './interactions/frame-for.ts'
import { createRequestGuard } from './interactions/guard-request.ts'
import { createInteractionRoutes } from './interactions/interaction-routes.ts'
import { createSecurityHeaders } from './interactions/security-headers.ts'
import { createFileRoutes } from './interactions/serve-files.ts'
import { createSetupRoutes } from './interactions/setup-routes.ts'
import { createSignOut } from './interactions/sign-out.ts'
import type { ProviderKeys } from './keys/provider-keys.ts'
import { hardeningProblems } from './provider/hardening-problems.ts'
import { logProviderEvents } from './provider/log-provider-events.ts'
import { providerConfiguration } from './provider/provider-configuration.ts'
import type { IdpSettings } from './settings/idp-settings.ts'
import type { SqlProviderRecords } from './storage/sql-provider-records.ts'

export interface ProviderInput {
  readonly settings: IdpSettings
  readonly keys: ProviderKeys
  readonly accounts: AccountStore
  readonly credentials: CredentialStore
  readonly records: SqlProviderRecords
  readonly checkPassword: CheckPassword
  readonly nodeEnvironment: string | undefined
  readonly random: Random
  readonly nowS: () => number
  readonly logger: Logger
}

/** oidc-provider with our pages in front, in the order in which a request meets them. @throws not_hardened */
export function createProvider(input: ProviderInput): Provider {
  const { settings, keys, records, logger } = input
  const frameFor = createFrameFor(settings)
  const answers = createErrorAnswers({ ...input, frameFor })
  const signOut = createSignOut({ accounts: input.accounts, clients: settings.clients, frameFor })
  const configuration = providerConfiguration({ ...input, ...signOut, renderError: answers.renderError })
  const problems = hardeningProblems({ settings, configuration, nodeEnvironment: input.nodeEnvironment })
  if (problems.length > 0) throw notHardened(problems)

  const provider = new Provider(settings.issuer, configuration)
  provider.proxy = settings.trustedProxy
  // The front is one hop away: of a forged list of addresses only its own entry counts.
  provider.maxIpsCount = 1
  logProviderEvents(provider, logger)
  const csrf = createCsrf({ keys: keys.cookieKeys, issuer: settings.issuer })
  const pages = { ...input, provider, csrf, frameFor, errors: answers, endSession: records.endSession }
  provider.use(createSecurityHeaders(settings.issuer))
  provider.use(answers.catchAll)
  provider.use(createRequestGuard({ issuer: settings.issuer, errors: answers }))
  provider.use(createFileRoutes(frameFor))
  provider.use(createBegunHere(provider))
  provider.use(createInteractionRoutes(pages))
  provider.use(createSetupRoutes(pages))
  provider.use(signOut.skipEmptySignOut)
  return provider
}

/** Whether the request that is being served signs somebody out. */
export const isSigningOut = (): boolean => ['end_session', 'end_session_confirm'].includes(String(Provider.ctx?.oidc.route))

export const alreadyConsumed = (): Error => new errors.InvalidGrant('was used already')

function notHardened(problems: readonly { readonly path: string; readonly message: string }[]): CodedError {
  const list = problems.map(({ path, message }) => `${path} ${message}`).join('; ')
  return new CodedError({
    code: 'not_hardened',
    message: `The identity provider does not start like this: ${list}.`,
    remedy: 'fix',
    problems,
  })
}
