import { createPrivateKey, generateKeyPair } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AgentError } from '../basics/agent-error.ts'
import type { KeyType } from '../settings/agent-settings.ts'
import { readFileIfThere, writeFileAtomic } from '../state/atomic-file.ts'

export const keyFile = (stateDir: string): string => join(stateDir, 'device.key')

/**
 * The device's private key: made once, kept in the state directory (0600). It is durable before it is used, so that an enrolment that was
 * cut off goes on with the same key.
 *
 * @throws AgentError `bad_key` when the file is there and is not such a key: it is never replaced silently
 */
export async function deviceKey(options: { readonly stateDir: string; readonly keyType: KeyType }): Promise<KeyObject> {
  const path = keyFile(options.stateDir)
  const pem = await readFileIfThere(path)
  if (pem !== null) return parseKey(pem, path)
  const key = await generate(options.keyType)
  await writeFileAtomic(path, key.export({ type: 'pkcs8', format: 'pem' }).toString())
  return key
}

async function generate(keyType: KeyType): Promise<KeyObject> {
  const pair =
    keyType === 'rsa-2048'
      ? promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
      : promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  return (await pair).privateKey
}

/** @throws AgentError `bad_key` */
export function parseKey(pem: string, path: string): KeyObject {
  const unusable = (cause?: unknown): AgentError =>
    new AgentError({
      code: 'bad_key',
      message: `${path} is not an EC P-256 or RSA key of at least 2048 bits. Restore it, or remove it and enrol with a new password.`,
      cause,
    })
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch (error) {
    throw unusable(error)
  }
  const details = key.asymmetricKeyDetails
  const strong = key.asymmetricKeyType === 'rsa' ? (details?.modulusLength ?? 0) >= 2048 : details?.namedCurve === 'prime256v1'
  if (!strong) throw unusable()
  return key
}
