import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newTestCsr } from '../../test/support/test-credentials.ts'
import { checkCsr } from './check-csr.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sallyport-csr-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A request that OpenSSL makes. */
function opensslCsr(key: string[], options: string[] = ['-subj', '/CN=x']): Buffer {
  const file = path.join(directory, 'key.pem')
  execFileSync('openssl', ['genpkey', ...key, '-out', file], { stdio: 'pipe' })
  return execFileSync('openssl', ['req', '-new', '-key', file, '-outform', 'DER', ...options], { stdio: 'pipe' })
}
const ec = (curve: string, ...more: string[]): string[] => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`, ...more]
const rsa = (bits: number, ...more: string[]): string[] => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`, ...more]

describe('a certificate request is taken', () => {
  it.each([
    ['P-256', ec('P-256'), undefined],
    ['RSA-2048', rsa(2048), undefined],
    ['RSA-3072 with SHA-512', rsa(3072), ['-subj', '/CN=x', '-sha512']],
    ['P-256 with an empty subject', ec('P-256'), ['-subj', '/']],
    [
      'P-256 with names, which are ignored',
      ec('P-256'),
      ['-subj', '/C=DE/O=Jörg/CN=other-device', '-utf8', '-addext', 'subjectAltName=URI:spiffe://x/device/y'],
    ],
  ])('with %s from OpenSSL', (_what, key, options) => {
    const csr = checkCsr(opensslCsr(key, options))
    expect(csr.publicKeyFingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(Object.keys(csr).toSorted()).toEqual(['publicKey', 'publicKeyFingerprint'])
  })
})

describe('a certificate request is refused', () => {
  it.each([
    ['a key on P-384', ec('P-384'), undefined, /curve secp384r1/],
    ['a key on secp256k1', ec('secp256k1'), undefined, /curve secp256k1/],
    ['P-256 with its parameters written out', ec('P-256', '-pkeyopt', 'ec_param_enc:explicit'), undefined, /P-256|DER form|cannot be read/],
    ['RSA-1024', rsa(1024), undefined, /1024 bits/],
    ['RSA with exponent 3', rsa(2048, '-pkeyopt', 'rsa_keygen_pubexp:3'), undefined, /exponent/],
    ['Ed25519', ['-algorithm', 'ED25519'], undefined, /neither RSA nor P-256/],
    ['a signature with SHA-1', rsa(2048), ['-subj', '/CN=x', '-sha1'], /signature algorithm/],
    ['a new line in a name', ec('P-256'), ['-subj', '/CN=x\ny'], /control characters/],
  ])('with %s', (_what, key, options, problem) => {
    expect(() => checkCsr(opensslCsr(key, options))).toThrow(problem)
  })

  it('when it does not prove possession of its key', async () => {
    const { der } = await newTestCsr()
    const { der: other } = await newTestCsr()
    const forged = Buffer.from(der)
    const point = 64
    const from = other.indexOf(Buffer.from('034200', 'hex')) + 4
    other.copy(forged, der.indexOf(Buffer.from('034200', 'hex')) + 4, from, from + point)
    expect(() => checkCsr(forged)).toThrow(/possession/)
  })

  it('when a control character hides in its name', async () => {
    for (const name of ['a\0b', 'a\u001b[2J', 'a\u007f']) {
      const { der } = await newTestCsr('P-256', name)
      expect(() => checkCsr(der)).toThrow(/control characters/)
    }
  })

  it('when anything was added, cut off or is not there', async () => {
    const { der } = await newTestCsr()
    for (const bad of [
      Buffer.alloc(0),
      Buffer.concat([der, Buffer.from([0])]),
      der.subarray(0, -1),
      Buffer.alloc(9_000, 0x30),
      Buffer.from('3080', 'hex'),
    ]) {
      expect(() => checkCsr(bad)).toThrow(expect.objectContaining({ code: 'csr_invalid' }))
    }
  })

  it('when a single bit of it was changed, and never with another error, and quickly', async () => {
    const { der } = await newTestCsr()
    const before = performance.now()
    fc.assert(
      fc.property(fc.nat(der.length * 8 - 1), (bit) => {
        const changed = Buffer.from(der)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(() => checkCsr(changed)).toThrow(expect.objectContaining({ code: 'csr_invalid' }))
      }),
      { numRuns: 500 },
    )
    expect((performance.now() - before) / 500).toBeLessThan(100)
  })

  it('when it is any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => checkCsr(Buffer.from(bytes))).toThrow(expect.objectContaining({ code: 'csr_invalid' }))
      }),
    )
  })
})
