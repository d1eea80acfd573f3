import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { CodedError } from '../../basics/coded-error.ts'

/** What an administrator makes at a time when all is well: the private half stays with her, under a passphrase. */
export interface RecoveryKeyPair {
  /** PKCS #8, encrypted (PBES2, AES-256-CBC). */
  readonly privateKeyPem: string
  readonly publicKeyPem: string
}

const shortestPassphrase = 12

/** @throws CodedError `passphrase_too_short` */
export function makeRecoveryKey(passphrase: string): RecoveryKeyPair {
  if (passphrase.length < shortestPassphrase) {
    const message = `The passphrase of a recovery key has at least ${shortestPassphrase} characters.`
    throw new CodedError({ code: 'passphrase_too_short', message, remedy: 'fix' })
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    privateKeyPem: String(privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase })),
    publicKeyPem: publicPem(publicKey),
  }
}

/** @throws CodedError `recovery_key_locked`: another passphrase, or no such key */
export function openRecoveryKey(privateKeyPem: string, passphrase: string): KeyObject {
  try {
    const key = createPrivateKey({ key: privateKeyPem, passphrase })
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Told below, without what was tried.
  }
  throw new CodedError({
    code: 'recovery_key_locked',
    message: 'This is no recovery key, or its passphrase is another one.',
    remedy: 'fix',
  })
}

/** The one form in which a public key is kept and compared. @throws CodedError `recovery_key_invalid` */
export function readPublicKey(pem: string): { readonly pem: string; readonly fingerprint: string } {
  try {
    const key = createPublicKey({ key: pem, format: 'pem' })
    if (key.asymmetricKeyType === 'ed25519') return { pem: publicPem(key), fingerprint: fingerprintOf(key) }
  } catch {
    // Told below.
  }
  const message = 'This is no public key of a recovery key. Make one with: sallyport recovery-key create'
  throw new CodedError({ code: 'recovery_key_invalid', message, remedy: 'fix' })
}

export const fingerprintOfPrivate = (key: KeyObject): string => fingerprintOf(createPublicKey(key))
export const signWith = (key: KeyObject, bytes: Uint8Array): string => sign(null, bytes, key).toString('base64')
export const isSignedBy = (publicKeyPem: string, bytes: Uint8Array, signature: string): boolean =>
  verify(null, bytes, createPublicKey(publicKeyPem), Buffer.from(signature, 'base64'))

const publicPem = (key: KeyObject): string => String(key.export({ format: 'pem', type: 'spki' }))
const fingerprintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('hex')
