import type { Account as ProviderAccount, AccountClaims, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import type { ProviderKeys } from '../keys/provider-keys.ts'
import type { ClientSettings, IdpSettings } from '../settings/idp-settings.ts'
import { publicSessionId } from '../storage/sql-provider-records.ts'
import type { SqlProviderRecords } from '../storage/sql-provider-records.ts'
import { lifetimes } from './lifetimes.ts'
import { loadGrant } from './load-grant.ts'

/** The one authentication that there is so far; policy can ask for more. */
export const passwordAcr = 'urn:sallyport:acr:password'

export interface ProviderParts {
  readonly settings: IdpSettings
  readonly keys: ProviderKeys
  readonly accounts: AccountStore
  readonly records: Pick<SqlProviderRecords, 'adapter'>
  readonly nowS: () => number
  readonly renderError: NonNullable<Configuration['renderError']>
  readonly logoutSource: (ctx: KoaContextWithOIDC) => Promise<void>
  readonly postLogoutSuccessSource: (ctx: KoaContextWithOIDC) => Promise<void>
}

/** Everything that oidc-provider must be told; `hardeningProblems` checks the result at every start. */
export function providerConfiguration(parts: ProviderParts): Configuration {
  const { settings, keys, records } = parts
  return {
    adapter: (name: string) => records.adapter(name),
    jwks: keys.jwks,
    cookies: cookies(settings, keys),
    clients: settings.clients.map(clientMetadata),
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'private_key_jwt' },
    enabledJWA: { clientAuthSigningAlgValues: ['ES256'], idTokenSigningAlgValues: ['ES256'], userinfoSigningAlgValues: ['ES256'] },
    responseTypes: ['code'],
    subjectTypes: ['public'],
    scopes: ['openid', 'profile'],
    acrValues: [passwordAcr],
    claims: { openid: ['sub', 'sid', 'auth_time', 'amr', 'acr'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => true },
    features: features(parts),
    ttl: timesToLive(parts.nowS),
    findAccount: (_ctx, sub, token) => findAccount(parts.accounts, sub, token),
    loadExistingGrant: (ctx) => loadGrant(ctx, settings.clients),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    clientBasedCORS: () => false,
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims) => assertAudience(claims['aud'], settings.issuer),
    renderError: parts.renderError,
    fetch: async () => {
      throw new Error('the identity provider makes no requests of its own')
    },
  }
}

const features = (parts: ProviderParts): NonNullable<Configuration['features']> => ({
  devInteractions: { enabled: false },
  pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true, allowUnregisteredRedirectUris: false },
  rpInitiatedLogout: { enabled: true, logoutSource: parts.logoutSource, postLogoutSuccessSource: parts.postLogoutSuccessSource },
  userinfo: { enabled: true },
  dPoP: { enabled: false },
  resourceIndicators: { enabled: false },
  registration: { enabled: false },
  deviceFlow: { enabled: false },
  ciba: { enabled: false },
  introspection: { enabled: false },
  revocation: { enabled: false },
  claimsParameter: { enabled: false },
  clientCredentials: { enabled: false },
  requestObjects: { enabled: false },
})

function timesToLive(nowS: () => number): NonNullable<Configuration['ttl']> {
  return {
    // Saved at each use: what is left of the shift, never a new one.
    Session: (_ctx, session) =>
      Math.max(1, session.loginTs === undefined ? lifetimes.anonymousSessionS : session.loginTs + lifetimes.sessionS - nowS()),
    Grant: lifetimes.grantS,
    AccessToken: lifetimes.accessTokenS,
    IdToken: lifetimes.idTokenS,
    AuthorizationCode: lifetimes.authorizationCodeS,
    Interaction: lifetimes.interactionS,
  }
}

/** `__Host-` for the session alone: interaction and resume cookies have paths of their own, which that prefix forbids. */
function cookies({ issuer }: IdpSettings, { cookieKeys }: ProviderKeys): NonNullable<Configuration['cookies']> {
  const secure = issuer.startsWith('https:')
  const options = { httpOnly: true, sameSite: 'lax', signed: true, secure, overwrite: true } as const
  return {
    keys: [...cookieKeys],
    names: {
      session: secure ? '__Host-sallyport-id' : 'sallyport-id',
      interaction: secure ? '__Secure-sallyport-interaction' : 'sallyport-interaction',
      resume: secure ? '__Secure-sallyport-resume' : 'sallyport-resume',
    },
    long: { ...options, path: '/' },
    short: options,
  }
}

function clientMetadata({ firstParty: _, ...client }: ClientSettings): NonNullable<Configuration['clients']>[number] {
  return {
    ...client,
    client_name: client.client_name ?? client.client_id,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    response_modes: ['query'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    require_pushed_authorization_requests: true,
    jwks: { keys: client.jwks.keys.map(({ d: _private, ...key }) => key) },
  }
}

async function findAccount(accounts: AccountStore, sub: string, token: object | undefined): Promise<ProviderAccount | undefined> {
  const account = await accounts.find(sub)
  if (account === undefined || account.status !== 'active') return undefined
  const uid = token !== undefined && 'sessionUid' in token && typeof token.sessionUid === 'string' ? token.sessionUid : undefined
  return {
    accountId: sub,
    claims: async (): Promise<AccountClaims> => ({
      sub,
      name: account.name,
      preferred_username: account.username,
      ...(uid === undefined ? {} : { sid: publicSessionId(uid) }),
    }),
  }
}

/** Only the issuer: an assertion that names an endpoint could have been made for another server that poses as this one. */
async function assertAudience(audience: unknown, issuer: string): Promise<void> {
  if (audience !== issuer) throw new errors.InvalidClientAuth('audience (aud) must be the issuer alone')
}
