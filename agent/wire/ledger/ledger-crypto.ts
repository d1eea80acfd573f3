/** What the formats need of cryptography: Node's in the programs, another in a browser. */
export interface LedgerCrypto {
  /** SHA-256 over the parts, one after the other: 32 bytes. */
  sha256(...parts: readonly Uint8Array[]): Uint8Array
  /** Ed25519 (RFC 8032, pure) with a key of 32 bytes and a signature of 64. False for whatever is no key or no signature. */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>
}
