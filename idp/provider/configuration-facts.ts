import type { ClientMetadata, Configuration } from 'oidc-provider'
import { lifetimes } from './lifetimes.ts'

// What `hardening-problems` asks of the configuration, each a plain yes or no.

export function ownCookieKeys({ cookies }: Configuration): boolean {
  const keys = cookies?.keys
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string' && key.length >= 43)
}

/** The library falls back on keys that everybody has; a public half alone could sign nothing. */
export function ownSigningKeys({ jwks }: Configuration): boolean {
  const keys = jwks?.keys ?? []
  return keys.length > 0 && keys.every((key) => hasText(key, 'd', 'alg', 'kid'))
}

const hasText = (key: object, ...members: readonly string[]): boolean =>
  members.every((member) => typeof (key as Readonly<Record<string, unknown>>)[member] === 'string')

export function prefixedCookieNames({ cookies }: Configuration): boolean {
  const { session = '', interaction = '', resume = '' } = cookies?.names ?? {}
  return session.startsWith('__Host-') && interaction.startsWith('__Secure-') && resume.startsWith('__Secure-')
}

export function cookiesOf({ cookies }: Configuration, ...options: readonly ('secure' | 'httpOnly' | 'signed')[]): boolean {
  return options.every((option) => cookies?.long?.[option] === true && cookies.short?.[option] === true)
}

export function hasOwnLogoutPages({ features }: Configuration): boolean {
  const { enabled, logoutSource, postLogoutSuccessSource } = features?.rpInitiatedLogout ?? {}
  return enabled === true && logoutSource !== undefined && postLogoutSuccessSource !== undefined
}

/** The library leaves confidential clients without it; our function asks no client who it is. */
export const alwaysAsksForPkce = ({ pkce }: Configuration): boolean => pkce?.required?.(undefined as never, undefined as never) === true

/** No refresh token, no implicit flow, no password: RFC 9700. */
export const takesCodesAlone = ({ grant_types, response_types }: ClientMetadata): boolean =>
  grant_types?.join() === 'authorization_code' && response_types?.join() === 'code'

export const noOfflineAccess = ({ scopes }: Configuration): boolean => scopes !== undefined && ![...scopes].includes('offline_access')

const longestS = {
  Grant: lifetimes.grantS,
  AccessToken: 3600,
  IdToken: 3600,
  AuthorizationCode: 60,
  Interaction: 3600,
} as const

/** The first kind of record whose lifetime is not set, or longer than it may be. */
export function lifetimeProblem({ ttl }: Configuration): string | undefined {
  for (const [kind, longest] of Object.entries(longestS)) {
    const seconds = ttl?.[kind]
    if (typeof seconds !== 'number' || seconds < 1 || seconds > longest) return kind
  }
  const session = ttl?.['Session']
  if (typeof session !== 'function') return 'Session'
  // Asked as the library does at each use: without a sign-in, and long after one.
  const left = (loginTs: number | undefined): number => session(undefined as never, { loginTs } as never)
  return left(undefined) <= lifetimes.sessionS && left(-lifetimes.sessionS * 1e6) <= 1 ? undefined : 'Session'
}
