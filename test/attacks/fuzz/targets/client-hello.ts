import { isDeepStrictEqual } from 'node:util'
import { mostHelloBytes, readClientHello } from '../../../../gateway/front/read-client-hello.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

const number = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
const vector = (bytes: Uint8Array): Buffer => Buffer.concat([number(bytes.length), bytes])

/** A hello as RFC 8446, section 4.1.2 has it, in one record. */
function hello(...extensions: readonly (readonly [type: number, data: Buffer])[]): Buffer {
  const all =
    extensions.length === 0
      ? Buffer.alloc(0)
      : vector(Buffer.concat(extensions.map(([type, data]) => Buffer.concat([number(type), vector(data)]))))
  const body = Buffer.concat([number(0x0303), Buffer.alloc(32, 7), Buffer.from([0]), vector(number(0x1301)), Buffer.from([1, 0]), all])
  return Buffer.concat([Buffer.from([22, 3, 1]), vector(Buffer.concat([Buffer.from([1, 0]), vector(body)]))])
}

const serverName = vector(Buffer.concat([Buffer.from([0]), vector(Buffer.from('gw.example.com'))]))
const protocols = vector(Buffer.from('\u0003rh2\u0002h2'))

/** RFC 8446, section 4.1.2: one of three answers; with fewer bytes it is the same answer or `incomplete`. */
export const target: FuzzTarget = {
  name: 'client-hello',
  covers: ['gateway/front/read-client-hello.ts'],
  mostBytes: mostHelloBytes + 1_024,
  seeds: [hello(), hello([0, serverName], [16, protocols]), hello([43, Buffer.from([2, 3, 4])], [16, protocols])],
  attempt(bytes) {
    const read = readClientHello(bytes)
    if (read === 'incomplete' || read === 'invalid') {
      if (read === 'incomplete') holds(bytes.length <= mostHelloBytes + 5 + 4, 'it waits for more than it takes')
      return
    }
    holds((read.serverName ?? '').length <= bytes.length, 'a name longer than what was sent')
    for (const part of [1, bytes.length >> 1, bytes.length - 1]) {
      const early = readClientHello(bytes.subarray(0, part))
      holds(early === 'incomplete' || isDeepStrictEqual(early, read), 'the same bytes mean another when they come in pieces')
    }
  },
}
