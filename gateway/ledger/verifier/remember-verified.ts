import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'

const kept = 8_192

/** Each head stands in both files, with the same signatures: they are verified once, which is half of what verifying costs. */
export function rememberVerified(crypto: LedgerCrypto): LedgerCrypto {
  const verdicts = new Map<string, boolean | Promise<boolean>>()
  return {
    ...crypto,
    verifyEd25519: (publicKey, message, signature) => {
      // Parts of other lengths could be cut in two ways, and are no signature anyway.
      if (publicKey.length !== 32 || signature.length !== 64) return false
      const key = [publicKey, signature, message].map((part) => String.fromCharCode(...part)).join('')
      const known = verdicts.get(key)
      if (known !== undefined) return known
      const verdict = crypto.verifyEd25519(publicKey, message, signature)
      verdicts.set(key, verdict)
      const oldest = verdicts.size > kept ? verdicts.keys().next() : undefined
      if (oldest?.done === false) verdicts.delete(oldest.value)
      return verdict
    },
  }
}
