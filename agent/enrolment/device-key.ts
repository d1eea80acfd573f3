import { createPrivateKey, generateKeyPair } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AgentError } from '../basics/agent-error.ts'
import type { Random } from '../basics/random.ts'
import type { KeyType } from '../settings/agent-settings.ts'
import { readBytesIfThere, readFileIfThere, writeFileAtomic } from '../state/atomic-file.ts'
import { isEncrypted, decryptKey, encryptKey } from './encrypt-key.ts'

export const keyFile = (stateDir: string): string => join(stateDir, 'device.key')

export interface DeviceKeyOptions {
  readonly stateDir: string
  readonly keyType: KeyType
  /** The file with the secret that encrypts it; null, or not there: it is kept as it is. */
  readonly keySecretFile: string | null
  readonly random: Random
}

/**
 * The device's private key: made once, kept in the state directory (0600), encrypted where systemd gives the secret for that. It is durable before it is used, so
 * that an enrolment that was cut off goes on with the same key. One that lies there as it is, is encrypted at the first start with the secret.
 *
 * @throws AgentError `bad_key` when the file is there and is not such a key: it is never replaced silently; `key_locked` when it is encrypted and the secret is
 *   not there, or another one; `bad_credential`
 */
export async function deviceKey({ stateDir, keyType, keySecretFile, random }: DeviceKeyOptions): Promise<KeyObject> {
  const path = keyFile(stateDir)
  const secret = await readSecret(keySecretFile)
  const text = await readFileIfThere(path)
  if (text !== null && isEncrypted(text)) {
    if (secret === null) throw locked(path)
    return parseKey(decryptKey(text, secret, path), path)
  }
  const key = text === null ? await generate(keyType) : parseKey(text, path)
  const pem = text ?? key.export({ type: 'pkcs8', format: 'pem' }).toString()
  if (secret !== null) await writeFileAtomic(path, encryptKey(pem, secret, random))
  else if (text === null) await writeFileAtomic(path, pem)
  return key
}

const leastSecretBytes = 32

async function readSecret(file: string | null): Promise<Buffer | null> {
  const bytes = file === null ? null : await readBytesIfThere(file)
  if (bytes !== null && bytes.length < leastSecretBytes)
    throw new AgentError({
      code: 'bad_credential',
      message: `The credential ${file} has ${bytes.length} bytes, fewer than ${leastSecretBytes}: "sallyport-agent service install" makes one.`,
    })
  return bytes
}

function locked(path: string): AgentError {
  return new AgentError({
    code: 'key_locked',
    message: `${path} is encrypted with a credential that systemd gives to the service alone, and it is not here. Start the agent as that service; if its credential is lost, remove the key and enrol with a new password.`,
  })
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
