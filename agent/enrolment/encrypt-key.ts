import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { AgentError } from '../basics/agent-error.ts'
import type { Random } from '../basics/random.ts'

/** First line of an encrypted key: what it is, and how it is encrypted. Authenticated with it. */
const head = 'sallyport-agent-key/1 hkdf-sha256 aes-256-gcm'
const [saltBytes, nonceBytes, tagBytes] = [16, 12, 16]

export const isEncrypted = (text: string): boolean => text.startsWith('sallyport-agent-key/')

/** A private key for the disk, readable by whoever has the secret: head, LF, base64 of salt, nonce, tag and ciphertext. */
export function encryptKey(pem: string, secret: Buffer, random: Random): string {
  const [salt, nonce] = [random.bytes(saltBytes), random.bytes(nonceBytes)]
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, salt), nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(head))
  const encrypted = Buffer.concat([cipher.update(pem, 'utf8'), cipher.final()])
  return `${head}\n${Buffer.concat([salt, nonce, cipher.getAuthTag(), encrypted]).toString('base64')}\n`
}

/** @throws AgentError `key_locked` when the secret is another one, or a byte of it was changed */
export function decryptKey(text: string, secret: Buffer, path: string): string {
  const [first, encoded = ''] = text.split('\n')
  const locked = (cause?: unknown): AgentError =>
    new AgentError({
      code: 'key_locked',
      message: `${path} cannot be opened with the credential of this service: it was encrypted with another one, or is damaged. Restore the credential or the key; or remove the key and enrol with a new password.`,
      cause,
    })
  if (first !== head) throw locked()
  const bytes = Buffer.from(encoded, 'base64')
  const at = { nonce: saltBytes, tag: saltBytes + nonceBytes, text: saltBytes + nonceBytes + tagBytes }
  if (bytes.length <= at.text) throw locked()
  try {
    const salt = bytes.subarray(0, at.nonce)
    const cipher = createDecipheriv('aes-256-gcm', keyOf(secret, salt), bytes.subarray(at.nonce, at.tag), { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(head))
    cipher.setAuthTag(bytes.subarray(at.tag, at.text))
    return Buffer.concat([cipher.update(bytes.subarray(at.text)), cipher.final()]).toString('utf8')
  } catch (error) {
    throw locked(error)
  }
}

function keyOf(secret: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'sallyport-agent device key', 32))
}
