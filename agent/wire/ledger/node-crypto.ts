import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import type { LedgerCrypto } from './ledger-crypto.ts'

/** SubjectPublicKeyInfo of Ed25519 (RFC 8410, section 4) up to the 32 bytes of the key. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')
/** A pair of logs has four keys and a few witnesses an epoch: reading a key again for each signature costs more than the rest. */
const mostKeysKept = 64

/** {@link LedgerCrypto} on `node:crypto`. */
export function nodeLedgerCrypto(): LedgerCrypto {
  const keys = new Map<string, KeyObject>()
  return {
    sha256: (...parts) => hash('sha256', parts.length === 1 ? parts[0]! : Buffer.concat(parts), 'buffer'),
    verifyEd25519: (publicKey, message, signature) => {
      if (publicKey.length !== 32 || signature.length !== 64) return false
      const name = Buffer.from(publicKey).toString('latin1')
      let key = keys.get(name)
      if (key === undefined) {
        if (keys.size >= mostKeysKept) keys.clear()
        key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' })
        keys.set(name, key)
      }
      return verify(null, message, key, signature)
    },
  }
}
