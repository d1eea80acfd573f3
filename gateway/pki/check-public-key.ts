import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** P-256, or RSA of 2048 to 4096 bits with an odd exponent from 65537 on (NIST SP 800-56B); written the one way in which OpenSSL writes it. */
export function checkPublicKey(spki: Buffer, refuse: (problem: string) => Error): KeyObject {
  const key = parse(spki, refuse)
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'ec') {
    if (namedCurve !== 'prime256v1') throw refuse(`its key is on the curve ${namedCurve ?? 'unknown'}, not P-256`)
    // 91 octets with the uncompressed point; a compressed one would be a second name for the same key.
    if (spki.length !== 91) throw refuse('its P-256 key is not an uncompressed point')
  } else if (key.asymmetricKeyType === 'rsa') {
    if (modulusLength < 2048 || modulusLength > 4096) throw refuse(`its RSA key has ${modulusLength} bits, not 2048 to 4096`)
    if (publicExponent < 65537n || publicExponent >= 2n ** 64n || publicExponent % 2n === 0n)
      throw refuse('its RSA exponent is not an odd number from 65537 on')
  } else {
    throw refuse(`its key is of the kind ${key.asymmetricKeyType ?? 'unknown'}, neither RSA nor P-256`)
  }
  if (!key.export({ type: 'spki', format: 'der' }).equals(spki)) throw refuse('its public key is not in its one DER form')
  return key
}

function parse(spki: Buffer, refuse: (problem: string) => Error): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' })
  } catch {
    throw refuse('its public key cannot be read')
  }
}
