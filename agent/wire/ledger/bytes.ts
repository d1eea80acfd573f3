import { LedgerFormatError } from './ledger-format-error.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Value of a letter by its code; 255: none. */
const values = new Uint8Array(128).fill(255)
for (let value = 0; value < 64; value += 1) values[alphabet.charCodeAt(value)] = value
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Standard base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const a = bytes[at]!
    const b = bytes[at + 1] ?? 0
    const c = bytes[at + 2] ?? 0
    text += alphabet[a >> 2]! + alphabet[((a & 3) << 4) | (b >> 4)]!
    text += at + 1 < bytes.length ? alphabet[((b & 15) << 2) | (c >> 6)]! : '='
    text += at + 2 < bytes.length ? alphabet[c & 63]! : '='
  }
  return text
}

/**
 * The only bytes that {@link toBase64} writes as this text: padding must be there, spare bits must be zero, nothing else may stand between.
 *
 * @throws LedgerFormatError naming `what`
 */
export function fromBase64(text: string, what: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array(Math.max(0, Math.floor(text.length / 4) * 3 - padding))
  let held = 0
  let bits = 0
  let at = 0
  for (let index = 0; index < text.length - padding; index += 1) {
    const value = values[text.charCodeAt(index)] ?? 255
    if (value === 255) throw new LedgerFormatError(`${what} is not base64`)
    held = ((held << 6) | value) & 0xffffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at] = (held >> bits) & 255
    at += 1
  }
  if (text.length % 4 !== 0 || (held & ((1 << bits) - 1)) !== 0) throw new LedgerFormatError(`${what} is not padded, canonical base64`)
  return bytes
}

/** Base64 of exactly so many bytes. @throws LedgerFormatError */
export function fromBase64Of(length: number, text: string, what: string): Uint8Array {
  const bytes = fromBase64(text, what)
  if (bytes.length !== length) throw new LedgerFormatError(`${what} has ${bytes.length} bytes, not ${length}`)
  return bytes
}

export const utf8 = (text: string): Uint8Array => encoder.encode(text)

/** @throws LedgerFormatError where the bytes are not UTF-8 */
export function fromUtf8(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new LedgerFormatError(`${what} is not UTF-8`, { cause })
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false
  return true
}

/** Decimal without sign or leading zeros, within 2^53 - 1. @throws LedgerFormatError naming `what` */
export function fromDecimal(text: string, what: string): number {
  const number = Number(text)
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text) || !Number.isSafeInteger(number))
    throw new LedgerFormatError(`${what} is not a plain decimal number`)
  return number
}
