/** One element of DER (ITU-T X.690). */
export interface DerElement {
  /** Identifier octet. */
  readonly tag: number
  /** With identifier and length. */
  readonly raw: Buffer
  readonly content: Buffer
}

export class DerError extends Error {}

export const derTag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const

/** Reads the elements that fill `bytes` exactly. Strict: one-octet tags, definite and shortest lengths, nothing left over. */
export function readDer(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = octet(bytes, at)
    if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of several octets')
    const { length, size } = readLength(bytes, at + 1)
    const start = at + 1 + size
    const end = start + length
    if (end > bytes.length) throw new DerError('an element is longer than what holds it')
    elements.push({ tag, raw: bytes.subarray(at, end), content: bytes.subarray(start, end) })
    at = end
  }
  return elements
}

/** The one element in `bytes`, which must have this tag. */
export function readOne(bytes: Buffer, tag: number): DerElement {
  const [element, ...more] = readDer(bytes)
  if (element === undefined || more.length > 0 || element.tag !== tag) throw new DerError(`not exactly one element of tag ${tag}`)
  return element
}

function readLength(bytes: Buffer, at: number): { length: number; size: number } {
  const first = octet(bytes, at)
  if (first < 0x80) return { length: first, size: 1 }
  const octets = first & 0x7f
  if (octets === 0 || octets > 3) throw new DerError('a length that is indefinite or absurd')
  let length = 0
  for (let index = 1; index <= octets; index += 1) length = length * 256 + octet(bytes, at + index)
  if (length < 0x80 || length < 256 ** (octets - 1)) throw new DerError('a length that is not the shortest form')
  return { length, size: 1 + octets }
}

function octet(bytes: Buffer, at: number): number {
  const value = bytes[at]
  if (value === undefined) throw new DerError('the end came in the middle of an element')
  return value
}

/** Writes one element around the given contents. */
export function writeDer(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const size: number[] = []
  for (let left = content.length; left > 0; left = Math.floor(left / 256)) size.unshift(left % 256)
  const header = content.length < 0x80 ? [tag, content.length] : [tag, 0x80 | size.length, ...size]
  return Buffer.concat([Buffer.from(header), content])
}
