import type { JWK } from 'oidc-provider'

/** Keys of the provider, kept in its store. The first of each kind signs; all of them verify. */
export interface ProviderKeyStore {
  list(kind: KeyKind): Promise<readonly StoredKey[]>
  /** Replaces all keys of the kind by these, in this order. */
  replace(kind: KeyKind, keys: readonly StoredKey[]): Promise<void>
}

export type KeyKind = 'signing' | 'cookie'

export interface StoredKey {
  readonly id: string
  /** Private JWK as JSON, or a cookie key in base64url. */
  readonly value: string
  /** Unix seconds. */
  readonly createdAt: number
}

export interface ProviderKeys {
  readonly jwks: { readonly keys: readonly JWK[] }
  readonly cookieKeys: readonly string[]
}
