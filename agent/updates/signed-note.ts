import { createHash, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { AgentError } from '../basics/agent-error.ts'

/** A public key that signs notes, as a verifier knows it (C2SP signed-note: "vkey"). */
export interface NoteKey {
  readonly name: string
  /** The first 4 bytes of SHA-256 over name, LF, type and key. */
  readonly id: Buffer
  readonly publicKey: KeyObject
}

/** Its type in C2SP signed-note. */
const ed25519 = 0x01
const mostSignatures = 16
export const longestNote = 16 * 1024

const bad = (message: string): AgentError => new AgentError({ code: 'bad_package', message })

/** `<name>+<id in hex>+<base64 of type and key>` @throws AgentError `bad_key` */
export function parseNoteKey(text: string): NoteKey {
  const [, name = '', id = '', encoded = ''] = /^([^\s+\p{Cc}]{1,100})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u.exec(text) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  const raw = bytes.subarray(1)
  if (bytes.length !== 33 || bytes[0] !== ed25519 || keyId(name, raw).toString('hex') !== id)
    throw new AgentError({
      code: 'bad_key',
      message: `${JSON.stringify(text.slice(0, 200))} is not a public key for signed notes (name+id+key).`,
    })
  return { name, id: keyId(name, raw), publicKey: publicKeyOf(raw) }
}

/** As {@link parseNoteKey} takes it. */
export function writeNoteKey(name: string, publicKey: KeyObject): string {
  const raw = rawKey(publicKey)
  return `${name}+${keyId(name, raw).toString('hex')}+${Buffer.concat([Buffer.of(ed25519), raw]).toString('base64')}`
}

/** The line that says: this key has signed this text. */
export function signatureLine(text: string, name: string, privateKey: KeyObject): string {
  const id = keyId(name, rawKey(createPublicKey(privateKey)))
  const signature = sign(null, Buffer.from(text, 'utf8'), privateKey)
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`
}

export interface SignedNote {
  /** With its last line feed: what is signed. */
  readonly text: string
  readonly lines: readonly { readonly name: string; readonly id: Buffer; readonly signature: Buffer }[]
}

/** Reads a note; nothing in it may be believed before {@link verifyNote}. @throws AgentError `bad_package` */
export function parseNote(bytes: Buffer): SignedNote {
  if (bytes.length > longestNote) throw bad(`The signed note is longer than ${longestNote} bytes.`)
  let whole: string
  try {
    whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw bad('The signed note is not UTF-8.')
  }
  if (/[\0-\x09\x0b-\x1f\x7f]/.test(whole)) throw bad('The signed note has control characters.')
  const split = whole.lastIndexOf('\n\n')
  const block = split < 0 ? '' : whole.slice(split + 2)
  if (split < 0 || !block.endsWith('\n')) throw bad('The signed note has no signatures.')
  const lines = block.slice(0, -1).split('\n')
  if (lines.length > mostSignatures) throw bad(`The signed note has more than ${mostSignatures} signatures.`)
  return { text: whole.slice(0, split + 1), lines: lines.map(parseLine) }
}

function parseLine(line: string): SignedNote['lines'][number] {
  const [, name = '', encoded = ''] = /^— ([^\s+]{1,100}) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  // Another way to write the same bytes is not the same note.
  if (name === '' || bytes.length < 5 || bytes.toString('base64') !== encoded) throw bad('A signature of the note cannot be read.')
  return { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) }
}

/**
 * Who of the known has signed it, each once. A signature by somebody else means nothing, a false one in a known name spoils the note.
 *
 * @throws AgentError `bad_signature`, `too_few_signatures`
 */
export function verifyNote(note: SignedNote, keys: readonly NoteKey[], threshold: number): readonly string[] {
  const signed = new Set<NoteKey>()
  for (const line of note.lines) {
    const key = keys.find(({ name, id }) => name === line.name && id.equals(line.id))
    if (key === undefined) continue
    if (line.signature.length !== 64 || !verify(null, Buffer.from(note.text, 'utf8'), key.publicKey, line.signature))
      throw new AgentError({
        code: 'bad_signature',
        message: `The signature of ${key.name} is false: the update was changed after it was signed.`,
      })
    signed.add(key)
  }
  if (signed.size < threshold)
    throw new AgentError({
      code: 'too_few_signatures',
      message: `${signed.size} of the ${threshold} signatures that are needed: it must be signed with ${threshold} of the keys ${keys.map(({ name }) => name).join(', ')}.`,
    })
  return [...signed].map(({ name }) => name)
}

function keyId(name: string, raw: Buffer): Buffer {
  return createHash('sha256').update(`${name}\n`).update(Buffer.of(ed25519)).update(raw).digest().subarray(0, 4)
}

function publicKeyOf(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' })
}

function rawKey(publicKey: KeyObject): Buffer {
  const { crv, x } = publicKey.export({ format: 'jwk' })
  if (crv !== 'Ed25519' || x === undefined) throw new AgentError({ code: 'bad_key', message: 'Not an Ed25519 key.' })
  return Buffer.from(x, 'base64url')
}
