/** What a TLS client says first, as far as it decides who answers it. */
export interface ClientHello {
  /** Of the extension `server_name` (RFC 6066, section 3), lower case; null without one. */
  readonly serverName: string | null
  /** Of the extension `application_layer_protocol_negotiation` (RFC 7301). */
  readonly protocols: readonly string[]
}

/** Longer than any hello that is meant well: post-quantum key shares make 2 KB, many tickets some more. */
export const mostHelloBytes = 16 * 1024

const handshakeRecord = 22
const clientHello = 1
const serverNameExtension = 0
const alpnExtension = 16

/**
 * Reads a ClientHello (RFC 8446, section 4.1.2) from the first bytes of a connection, over as many records as it takes (section 5.1). It judges
 * nothing that TLS itself judges: the same bytes go to a real TLS server afterwards.
 *
 * @returns 'incomplete' while more bytes are needed, 'invalid' for what is none
 */
export function readClientHello(bytes: Buffer): ClientHello | 'incomplete' | 'invalid' {
  const message = handshakeBytes(bytes)
  if (message === 'invalid') return 'invalid'
  if (message.length < 4) return 'incomplete'
  if (message[0] !== clientHello) return 'invalid'
  const length = message.readUIntBE(1, 3)
  if (length > mostHelloBytes) return 'invalid'
  if (message.length < 4 + length) return bytes.length > mostHelloBytes ? 'invalid' : 'incomplete'
  try {
    return readBody(new Reader(message.subarray(4, 4 + length)))
  } catch (error) {
    if (error instanceof RangeError) return 'invalid'
    throw error
  }
}

/** The payloads of the handshake records so far, one behind the other. */
function handshakeBytes(bytes: Buffer): Buffer | 'invalid' {
  const payloads: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] !== handshakeRecord) return 'invalid'
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return 'invalid'
    if (bytes.length < at + 5) break
    const length = bytes.readUInt16BE(at + 3)
    if (length === 0 || length > 2 ** 14) return 'invalid'
    payloads.push(bytes.subarray(at + 5, at + 5 + length))
    at += 5 + length
  }
  return Buffer.concat(payloads)
}

function readBody(hello: Reader): ClientHello {
  hello.take(2 + 32)
  hello.vector(1)
  hello.vector(2)
  hello.vector(1)
  let serverName: string | null = null
  let protocols: readonly string[] = []
  // TLS 1.2 knows hellos without extensions.
  const extensions = hello.atEnd ? new Reader(Buffer.alloc(0)) : hello.vector(2)
  while (!extensions.atEnd) {
    const type = extensions.number(2)
    const data = extensions.vector(2)
    if (type === serverNameExtension) serverName = readServerName(data)
    if (type === alpnExtension) protocols = readProtocols(data)
  }
  return { serverName, protocols }
}

function readServerName(data: Reader): string | null {
  const names = data.vector(2)
  while (!names.atEnd) {
    const type = names.number(1)
    const name = names.vector(2).rest()
    if (type === 0) return name.toString('latin1').toLowerCase()
  }
  return null
}

function readProtocols(data: Reader): string[] {
  const list = data.vector(2)
  const protocols: string[] = []
  while (!list.atEnd) protocols.push(list.vector(1).rest().toString('latin1'))
  return protocols
}

/** Takes bytes from the front. @throws RangeError where there are fewer */
class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw new RangeError('a length leads past the end')
    const taken = this.#bytes.subarray(this.#at, this.#at + count)
    this.#at += count
    return taken
  }

  number(width: 1 | 2): number {
    return this.take(width).readUIntBE(0, width)
  }

  /** A vector with a length of `width` bytes before it (RFC 8446, section 3.4). */
  vector(width: 1 | 2): Reader {
    return new Reader(this.take(this.number(width)))
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at)
  }
}
