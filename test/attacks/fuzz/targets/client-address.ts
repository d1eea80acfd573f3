import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { clientAddress } from '../../../../gateway/front/client-address.ts'
import { addressBlock } from '../../../../gateway/basics/address-block.ts'
import { readBasicCredentials } from '../../../../gateway/pki/read-est-request.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

/** Who is at the other end (RFC 7239's older brother), its block for limits, and whose password it gives (RFC 7617). */
export const target: FuzzTarget = {
  name: 'client-address',
  covers: ['gateway/front/client-address.ts', 'gateway/basics/address-block.ts', 'gateway/pki/read-est-request.ts'],
  mostBytes: 32 * 1024,
  seeds: ['1.2.3.4', '9.9.9.9, 2001:db8::1', 'fe80::1%eth0', '::ffff:1.2.3.4', 'Basic cHJlc3MtMTpzZWNyZXQ='],
  words: ['::ffff:', ', ', '%', 'Basic ', '2001:db8::'],
  attempt(bytes) {
    const text = bytes.toString('latin1')
    const from = (remoteAddress: string): IncomingMessage =>
      ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': text, authorization: text } }) as unknown as IncomingMessage
    const said = clientAddress(from('127.0.0.1'), true)
    holds(isIP(said) > 0, 'no address')
    holds(addressBlock(said).length > 0 && addressBlock(said) === addressBlock(said), 'no block')
    holds(clientAddress(from('192.0.2.1'), true) === '192.0.2.1', 'a stranger says who he is')
    const credentials = readBasicCredentials(from('192.0.2.1'))
    holds(credentials === undefined || !credentials.name.includes(':'), 'a name with a colon')
  },
}
