import { generateKeyPairSync } from 'node:crypto'
import type { JWK } from 'oidc-provider'
import type { Random } from '../../gateway/basics/random.ts'
import type { ProviderKeys, ProviderKeyStore, StoredKey } from './provider-keys.ts'

export interface KeyMaker {
  readonly random: Random
  readonly nowS: () => number
}

export const newCookieKey = ({ random, nowS }: KeyMaker): StoredKey => ({ id: random.hex(8), value: random.token(32), createdAt: nowS() })

/** An ES256 key pair (P-256) as a private JWK. */
export function newSigningKey({ random, nowS }: KeyMaker): StoredKey {
  const id = random.hex(8)
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  return { id, value: JSON.stringify({ ...jwk, kid: id, alg: 'ES256', use: 'sig' }), createdAt: nowS() }
}

/** Keys from the store; the first start makes them. */
export async function loadProviderKeys(store: ProviderKeyStore, maker: KeyMaker): Promise<ProviderKeys> {
  if ((await store.list('signing')).length === 0) await store.replace('signing', [newSigningKey(maker)])
  if ((await store.list('cookie')).length === 0) await store.replace('cookie', [newCookieKey(maker)])
  return {
    jwks: { keys: (await store.list('signing')).map(({ value }) => JSON.parse(value) as JWK) },
    cookieKeys: (await store.list('cookie')).map(({ value }) => value),
  }
}
