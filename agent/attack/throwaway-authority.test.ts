import { X509Certificate, createPrivateKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../basics/random.ts'
import { checkCredential } from '../enrolment/credential.ts'
import { createThrowawayAuthority } from './throwaway-authority.ts'

const nowMs = Date.UTC(2030, 0, 1)
const spiffeId = 'spiffe://acme.example/device/press-1'

describe('the throw-away authority', () => {
  const authority = createThrowawayAuthority({ nowMs, random: systemRandom })
  const root = new X509Certificate(authority.rootPem)

  it.each(['ec-p256', 'rsa-2048'] as const)('gives a device a certificate that an agent takes for its own (%s)', (keyType) => {
    const { key, cert } = authority.device(spiffeId, keyType)
    const certificates = [new X509Certificate(cert), root]
    const credential = checkCredential({ privateKey: createPrivateKey(key), certificates, spiffeId, nowMs })
    expect(credential.spiffeId).toBe(spiffeId)
    expect(credential.certificate.checkIssued(root)).toBe(true)
    expect(credential.certificate.verify(root.publicKey)).toBe(true)
    const other = { ...authority.device(spiffeId, keyType) }
    expect(() => checkCredential({ privateKey: createPrivateKey(other.key), certificates, spiffeId, nowMs })).toThrow('another key')
  })

  it('makes a root that signs itself, and a gateway for this machine alone, for two days', () => {
    expect([root.ca, root.verify(root.publicKey)]).toEqual([true, true])
    const gateway = new X509Certificate(authority.gateway().cert)
    expect(gateway.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1')
    expect(gateway.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect([gateway.ca, gateway.verify(root.publicKey)]).toEqual([false, true])
    expect(gateway.validToDate.getTime() - nowMs).toBe(48 * 3_600_000)
  })

  it('is another one each time', () => {
    const again = new X509Certificate(createThrowawayAuthority({ nowMs, random: systemRandom }).rootPem)
    expect(new X509Certificate(authority.gateway().cert).verify(again.publicKey)).toBe(false)
  })
})
