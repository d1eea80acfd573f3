import { createHash } from 'node:crypto'

/** Letters and digits that nobody takes for another one (Crockford's base 32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * What a person compares between the machine's panel and the portal before a first certificate is issued: `4F7K-QX2M`. 40 bits of the hash of the key
 * that asks: to find another key with the same code takes a million million tries.
 *
 * @param publicKeyFingerprint lower-case hex of the SHA-256 of the SubjectPublicKeyInfo's DER
 */
export function enrolmentCode(publicKeyFingerprint: string): string {
  const hash = createHash('sha256').update(`sallyport enrolment code\n${publicKeyFingerprint}`).digest()
  let bits = hash.readUIntBE(0, 5)
  let text = ''
  for (let at = 0; at < 8; at += 1) {
    text = (alphabet[bits % 32] ?? '') + text
    bits = Math.floor(bits / 32)
  }
  return `${text.slice(0, 4)}-${text.slice(4)}`
}
