/** As much of DER (X.690) as a certificate request needs. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

export const derSequence = (...items: readonly Uint8Array[]): Buffer => der(0x30, ...items)
export const derSet = (...items: readonly Uint8Array[]): Buffer => der(0x31, ...items)
export const derUtf8 = (text: string): Buffer => der(0x0c, Buffer.from(text, 'utf8'))
export const derNull = (): Buffer => der(0x05)
/** A bit string of whole bytes. */
export const derBits = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes)
/** An integer from 0 to 127. */
export const derSmallInteger = (value: number): Buffer => der(0x02, Buffer.from([value]))

/** An object identifier written with dots. */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes: number[] = []
  for (let left = length; left > 0; left >>>= 8) bytes.unshift(left & 0xff)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}
