import { readFile, rename, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'

export interface ClientKey {
  readonly privateKey: CryptoKey
  /** For the provider's settings: the public half alone. */
  readonly publicJwk: JWK
}

/** The key that signs this gateway's client assertions (`private_key_jwt`, ES256): made at the first start, readable by the gateway's user alone. */
export async function openClientKey(dataDir: string): Promise<ClientKey> {
  const file = join(dataDir, 'oidc-client-key.json')
  const jwk = (await readKey(file)) ?? (await makeKey(dataDir, file))
  const { d: _private, ...publicJwk } = jwk
  return { privateKey: (await importJWK(jwk, 'ES256')) as CryptoKey, publicJwk }
}

async function readKey(file: string): Promise<JWK | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JWK
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function makeKey(dataDir: string, file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  const made: JWK = { ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeFile(`${file}.new`, JSON.stringify(made), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return made
}
