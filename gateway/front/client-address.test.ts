import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { clientAddress } from './client-address.ts'

const from = (remoteAddress: string, forwardedFor?: string | string[]): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
  }) as unknown as IncomingMessage

describe('the address of a client', () => {
  it.each<[string, IncomingMessage, boolean, string]>([
    ['is the connection’s own', from('192.0.2.1', '198.51.100.7'), false, '192.0.2.1'],
    ['is what the front wrote last, behind a front', from('127.0.0.1', '203.0.113.66, 198.51.100.7'), true, '198.51.100.7'],
    ['is the last one of several headers too', from('::1', ['203.0.113.66', '2001:db8::7']), true, '2001:db8::7'],
    ['is the connection’s where somebody else than the front connects', from('192.0.2.1', '198.51.100.7'), true, '192.0.2.1'],
    ['is the connection’s where the front says nothing', from('::ffff:127.0.0.1'), true, '::ffff:127.0.0.1'],
    ['is the connection’s where what is said is no address', from('127.0.0.1', '198.51.100.7, <script>'), true, '127.0.0.1'],
  ])('%s', (_what, request, behindFront, wanted) => {
    expect(clientAddress(request, behindFront)).toBe(wanted)
  })
})
