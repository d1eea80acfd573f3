import 'reflect-metadata'
import { Pkcs10CertificateRequest } from '@peculiar/x509'
import { checkCsr, maxCsrBytes } from '../../../../gateway/pki/check-csr.ts'
import { certificateRequest } from '../../../../agent/enrolment/certificate-request.ts'
import { type FuzzTarget, holds, valueOrRefusal } from '../fuzz-target.ts'
import { fixedKey } from './fixed-certificates.ts'

/** RFC 2986: refused as `csr_invalid`, or an independent reader finds the same key. CVE-2025-12816, CVE-2025-66031, CVE-2026-33891. */
export const target: FuzzTarget = {
  name: 'csr',
  covers: ['gateway/pki/check-csr.ts', 'gateway/pki/check-public-key.ts', 'gateway/pki/der.ts'],
  mostBytes: maxCsrBytes + 100,
  seeds: [certificateRequest({ privateKey: fixedKey, commonName: 'press-1' })],
  attempt(bytes) {
    const checked = valueOrRefusal(['csr_invalid'], () => checkCsr(bytes))
    if (checked === undefined) return
    const other = Buffer.from(new Pkcs10CertificateRequest(new Uint8Array(bytes)).publicKey.rawData)
    holds(other.equals(checked.publicKey), 'another reader finds another key')
  },
}
