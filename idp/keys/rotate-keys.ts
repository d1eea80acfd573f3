import { CodedError } from '../../gateway/basics/coded-error.ts'
import type { KeyMaker } from './load-provider-keys.ts'
import { newCookieKey, newSigningKey } from './load-provider-keys.ts'
import type { ProviderKeyStore } from './provider-keys.ts'

/** Cookies signed by the last two keys stay good, so nobody is signed out by one rotation. */
const keptCookieKeys = 3

export const keyRotations = ['cookie-keys', 'add-signing-key', 'promote-signing-key', 'retire-signing-keys'] as const
export type KeyRotation = (typeof keyRotations)[number]

/**
 * One step; each takes effect at the next start. A signing key is rotated in three: add it at the end, restart (so that everybody
 * has read the new key set), promote it to the front, restart, and retire the old ones when their last id token has expired (1 h).
 */
export async function rotateKeys(step: KeyRotation, store: ProviderKeyStore, maker: KeyMaker): Promise<void> {
  const signing = await store.list('signing')
  switch (step) {
    case 'cookie-keys':
      return store.replace('cookie', [newCookieKey(maker), ...(await store.list('cookie'))].slice(0, keptCookieKeys))
    case 'add-signing-key':
      return store.replace('signing', [...signing, newSigningKey(maker)])
    case 'promote-signing-key':
      if (signing.length < 2) throw nothingToDo('There is one signing key only. Run --rotate add-signing-key and restart before.')
      return store.replace('signing', [...signing.slice(-1), ...signing.slice(0, -1)])
    case 'retire-signing-keys':
      return store.replace('signing', signing.slice(0, 1))
  }
}

const nothingToDo = (message: string): CodedError => new CodedError({ code: 'no_key_to_promote', message, remedy: 'fix' })
