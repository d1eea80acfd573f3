import { AgentError } from '../basics/agent-error.ts'

/** One element of DER: its tag byte, its content, and all of it with tag and length. */
export interface DerElement {
  readonly tag: number
  readonly content: Buffer
  readonly whole: Buffer
}

/**
 * Splits bytes into the elements that stand beside each other. Lengths are checked against what is there before anything is taken;
 * indefinite lengths and long tags are refused, since DER has no use for them here.
 *
 * @throws AgentError `bad_der`
 */
export function readDer(bytes: Buffer, maxElements = 64): DerElement[] {
  const elements: DerElement[] = []
  let at = 0
  while (at < bytes.length) {
    if (elements.length === maxElements) throw badDer('too many elements')
    const element = readElement(bytes.subarray(at))
    elements.push(element)
    at += element.whole.length
  }
  return elements
}

function readElement(bytes: Buffer): DerElement {
  const tag = bytes[0]
  const short = bytes[1]
  if (tag === undefined || short === undefined) throw badDer('it ends in the middle of an element')
  if ((tag & 0x1f) === 0x1f) throw badDer('a tag is too long')
  let length = short
  let start = 2
  if (short >= 0x80) {
    const count = short & 0x7f
    if (count === 0 || count > 4) throw badDer('a length has no definite, sensible form')
    start += count
    if (bytes.length < start) throw badDer('it ends in the middle of a length')
    length = bytes.readUIntBE(2, count)
  }
  if (bytes.length - start < length) throw badDer('an element is longer than what is there')
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(0, start + length) }
}

export function badDer(why: string): AgentError {
  return new AgentError({ code: 'bad_der', message: `The gateway's answer is not readable: ${why}.` })
}
