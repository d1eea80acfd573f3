import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import { CodedError } from '../basics/coded-error.ts'

export interface ClientKey {
  readonly privateKey: CryptoKey
  /** For the provider's settings: the public half alone. */
  readonly publicJwk: JWK
}

/**
 * The key that signs this gateway's client assertions (`private_key_jwt`, ES256): made at the first start, readable by the gateway's user
 * alone. One that cannot be read is never replaced: the provider knows its public half. @throws CodedError `client_key_unreadable`
 */
export async function openClientKey(dataDir: string): Promise<ClientKey> {
  const file = join(dataDir, 'oidc-client-key.json')
  const jwk = (await readKey(file)) ?? (await makeKey(dataDir, file))
  const { d: _private, ...publicJwk } = jwk
  return { privateKey: (await importJWK(jwk, 'ES256')) as CryptoKey, publicJwk }
}

async function readKey(file: string): Promise<JWK | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw unreadable(file, 'cannot be read by this user', error)
  }
  if (((await stat(file)).mode & 0o077) !== 0) throw unreadable(file, 'can be read by others: set its mode to 0600')
  try {
    const jwk = JSON.parse(text) as JWK
    const isOurs = jwk.kty === 'EC' && jwk.crv === 'P-256' && typeof jwk.d === 'string'
    if (isOurs && (await importJWK(jwk, 'ES256')) !== undefined) return jwk
  } catch (error) {
    throw unreadable(file, 'holds no P-256 key as a private JWK', error)
  }
  throw unreadable(file, 'holds no P-256 key as a private JWK')
}

async function makeKey(dataDir: string, file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  const made: JWK = { ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeDurably(`${file}.new`, JSON.stringify(made))
  await rename(`${file}.new`, file)
  return made
}

/** On the disk before it gets its name: a power cut must not leave an empty key. */
async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const unreadable = (file: string, what: string, cause?: unknown): CodedError =>
  new CodedError({
    code: 'client_key_unreadable',
    message: `${file} ${what}. Put the right one back from a backup, or remove it and give the new public key to the identity provider (idp.json).`,
    remedy: 'fix',
    cause,
  })
