import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { certificateRequest } from './certificate-request.ts'

const keys = {
  'EC P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'RSA 2048': generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
}

/** OpenSSL says its verdict on stderr and ends with 0 either way. */
function verdict(request: Buffer): string {
  const { stdout, stderr } = spawnSync(
    'openssl',
    ['req', '-inform', 'DER', '-verify', '-noout', '-text', '-nameopt', 'utf8,-esc_msb,sep_comma_plus'],
    { input: request },
  )
  return `${stderr.toString()}${stdout.toString()}`
}

describe('a certificate request', () => {
  it.each(Object.entries(keys))('with an %s key is one that OpenSSL reads and verifies', (_name, privateKey) => {
    for (const commonName of ['press-1', 'x'.repeat(64), 'Prüfstand']) {
      const request = certificateRequest({ privateKey, commonName })
      expect(verdict(request)).toMatch(/verify OK/)
      expect(verdict(request)).toContain(`Subject: CN=${commonName}`)
    }
  })

  it('does not verify when a byte was changed', () => {
    const request = certificateRequest({ privateKey: keys['EC P-256'], commonName: 'press-1' })
    const at = request.indexOf('press-1')
    request[at] = 'q'.charCodeAt(0)
    expect(verdict(request)).toMatch(/verify failure/)
  })
})
