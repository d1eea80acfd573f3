import { X509Certificate, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { AgentError } from '../basics/agent-error.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import { certificateRequest } from './certificate-request.ts'
import { readCertsOnly } from './certs-only.ts'
import { der } from './der-writer.ts'

const authority = createTestAuthority()
afterAll(() => authority.remove())
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const leaf = authority.device({ request: certificateRequest({ privateKey, commonName: 'a' }), uri: 'spiffe://acme.example/device/a' })
const good = authority.certsOnly(leaf)

/** ContentInfo, SignedData and its certificates, with nothing else in them. */
function asAnswer(certificate: Buffer): string {
  const data = der(0x30, der(0xa0, certificate))
  return der(0x30, Buffer.from('06092a864886f70d010702', 'hex'), der(0xa0, data)).toString('base64')
}

function outcome(base64: string): string {
  try {
    return `read ${readCertsOnly(base64).length}`
  } catch (error) {
    if (error instanceof AgentError) return error.code
    throw error
  }
}

describe('the certificates of an EST answer', () => {
  it('are read from what OpenSSL writes, with line breaks or without', () => {
    const wrapped = good.replaceAll(/.{64}/g, '$&\r\n')
    for (const text of [good, wrapped])
      expect(readCertsOnly(text).map((one) => one.subject)).toEqual(
        expect.arrayContaining(['CN=issuing', new X509Certificate(leaf).subject]),
      )
  })

  it('are refused with bad_der, whatever garbage stands there', () => {
    for (const text of [
      '',
      '!',
      'AAAA',
      Buffer.alloc(10_000, 0x30).toString('base64'),
      Buffer.from('30848fffffff', 'hex').toString('base64'),
      Buffer.from('3080', 'hex').toString('base64'),
    ]) {
      expect(outcome(text), text.slice(0, 20)).toBe('bad_der')
    }
  })

  // Found by test/attacks/fuzz (certs-only): OpenSSL reads BER and hands on what it wrote anew.
  it('are refused when a certificate is BER and no DER, since its fingerprint would be of bytes that nobody sent', () => {
    const { raw } = new X509Certificate(leaf)
    expect(raw.subarray(0, 2).toString('hex')).toBe('3082')
    const longer = Buffer.concat([Buffer.from('308300', 'hex'), raw.subarray(2)])
    expect(new X509Certificate(longer).raw.equals(longer)).toBe(false)
    expect(outcome(asAnswer(raw))).toBe('read 1')
    expect(outcome(asAnswer(longer))).toBe('bad_der')
  })

  it('never make it throw anything else when bytes are changed or missing', () => {
    const bytes = Buffer.from(good, 'base64')
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(bytes.length), (at, value, length) => {
        const changed = Buffer.from(bytes)
        changed[at] = value
        expect(outcome(changed.toString('base64'))).toMatch(/^(read \d+|bad_der)$/)
        expect(outcome(bytes.subarray(0, length).toString('base64'))).toMatch(/^(read \d+|bad_der)$/)
      }),
      { numRuns: 500 },
    )
  })
})
