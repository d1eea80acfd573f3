import { fromBase64, fromBase64Of, sameBytes, toBase64, utf8 } from './bytes.ts'
import type { LedgerCrypto } from './ledger-crypto.ts'
import { LedgerFormatError } from './ledger-format-error.ts'

/** C2SP signed-note: `01` an Ed25519 signature of a log, `04` a timestamped cosignature (tlog-cosignature, cosignature/v1). */
export type KeyType = 1 | 4

export interface VerifierKey {
  readonly name: string
  /** First 4 bytes of SHA-256(name + LF + type + key), 8 hex. */
  readonly id: string
  readonly type: KeyType
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
}

export interface NoteSignature {
  readonly name: string
  /** 8 hex. */
  readonly id: string
  readonly signature: Uint8Array
}

export interface SignedNote {
  /** What is signed, with its last LF. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A note with more signatures than this is refused unread (C2SP signed-note). */
export const mostSignatures = 16

const namePattern = /^[^\s+\p{Cc}]{1,512}$/u
// A note has no control characters but LF (C2SP signed-note).
const forbidden = /[\u0000-\u0009\u000b-\u001f\u007f]/

/** The verifier key of a pair. @throws LedgerFormatError where `name` can be no key's */
export function verifierKey(crypto: Pick<LedgerCrypto, 'sha256'>, name: string, type: KeyType, publicKey: Uint8Array): VerifierKey {
  if (!namePattern.test(name)) throw new LedgerFormatError(`${JSON.stringify(name)} cannot be the name of a key`)
  const id = hex(crypto.sha256(utf8(`${name}\n`), Uint8Array.of(type), publicKey).subarray(0, 4))
  return { name, id, type, publicKey }
}

/** `name+hex(id)+base64(type, key)`. */
export const formatVerifierKey = ({ name, id, type, publicKey }: VerifierKey): string =>
  `${name}+${id}+${toBase64(Uint8Array.of(type, ...publicKey))}`

/** @throws LedgerFormatError where it is no vkey of a known type, or its id is not that of its key */
export function parseVerifierKey(crypto: Pick<LedgerCrypto, 'sha256'>, text: string): VerifierKey {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? []
  if (name === undefined || id === undefined || encoded === undefined)
    throw new LedgerFormatError(`${JSON.stringify(text)} is not a verifier key (name+id+key)`)
  const bytes = fromBase64Of(33, encoded, 'a verifier key')
  const type = bytes[0]
  if (type !== 1 && type !== 4) throw new LedgerFormatError(`the verifier key of ${name} has type ${type}, and only 1 and 4 are known`)
  const key = verifierKey(crypto, name, type, bytes.subarray(1))
  if (key.id !== id) throw new LedgerFormatError(`the verifier key of ${name} says id ${id}, and its bytes have ${key.id}`)
  return key
}

/** @throws LedgerFormatError where the text is no note */
export function parseNote(note: string): SignedNote {
  if (forbidden.test(note)) throw new LedgerFormatError('a note has no control characters but line feeds')
  const end = note.lastIndexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) throw new LedgerFormatError('a note ends with an empty line and lines of signatures')
  const lines = note.slice(end + 2, -1).split('\n')
  if (note.length === end + 2) throw new LedgerFormatError('a note has at least one signature')
  if (lines.length > mostSignatures)
    throw new LedgerFormatError(`a note has at most ${mostSignatures} signatures, and this one ${lines.length}`)
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) }
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  if (name === undefined || encoded === undefined || !namePattern.test(name))
    throw new LedgerFormatError('a line of a note is no signature')
  const bytes = fromBase64(encoded, 'a signature')
  if (bytes.length < 5) throw new LedgerFormatError('a signature is too short')
  return { name, id: hex(bytes.subarray(0, 4)), signature: bytes.subarray(4) }
}

/** `— <name> base64(id, signature)` and LF. */
export function formatSignature({ name, id, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(Uint8Array.of(...fromHex(id), ...signature))}\n`
}

export const formatNote = ({ text, signatures }: SignedNote): string => `${text}\n${signatures.map(formatSignature).join('')}`

/** What a cosignature/v1 signs. `timeS`: Unix seconds. */
export const cosignedText = (timeS: number, text: string): string => `cosignature/v1\ntime ${timeS}\n${text}`

/** What stands in a note as a cosignature: the time, 8 bytes big-endian, and 64 of Ed25519. */
export function packCosignature(timeS: number, signature: Uint8Array): Uint8Array {
  const packed = new Uint8Array(72)
  new DataView(packed.buffer).setBigUint64(0, BigInt(timeS))
  packed.set(signature, 8)
  return packed
}

/** One line of a note by a key that is known, after its signature was verified. */
export interface VerifiedSignature {
  readonly key: VerifierKey
  /** Of a cosignature, Unix seconds; null for a log's own signature. */
  readonly timeS: number | null
}

export type NoteVerdict =
  | { readonly ok: true; readonly signatures: readonly VerifiedSignature[] }
  /** A key that is known did not make the signature that is said to be its own: the whole note is worth nothing. */
  | { readonly ok: false; readonly key: VerifierKey }

/** Verifies each line that a known key (name and id) is said to have made; others are ignored (C2SP signed-note). */
export async function verifyNote(crypto: LedgerCrypto, note: SignedNote, keys: readonly VerifierKey[]): Promise<NoteVerdict> {
  const signatures: VerifiedSignature[] = []
  for (const line of note.signatures) {
    const key = keys.find(({ name, id }) => name === line.name && id === line.id)
    if (key === undefined) continue
    const verified = await verifyLine(crypto, note.text, line, key)
    if (verified === null) return { ok: false, key }
    signatures.push(verified)
  }
  return { ok: true, signatures }
}

async function verifyLine(
  crypto: LedgerCrypto,
  text: string,
  { signature }: NoteSignature,
  key: VerifierKey,
): Promise<VerifiedSignature | null> {
  if (key.type === 1) return (await crypto.verifyEd25519(key.publicKey, utf8(text), signature)) ? { key, timeS: null } : null
  if (signature.length !== 72) return null
  const timeS = Number(new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0))
  if (!Number.isSafeInteger(timeS)) return null
  const good = await crypto.verifyEd25519(key.publicKey, utf8(cosignedText(timeS, text)), signature.subarray(8))
  return good ? { key, timeS } : null
}

export const sameKey = (a: VerifierKey, b: VerifierKey): boolean =>
  a.name === b.name && a.type === b.type && sameBytes(a.publicKey, b.publicKey)

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const fromHex = (text: string): number[] => (text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
