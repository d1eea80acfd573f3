import { readCertsOnly } from '../../../../agent/enrolment/certs-only.ts'
import { certsOnly } from '../../../../gateway/pki/certs-only.ts'
import { type FuzzTarget, holds, valueOrRefusal } from '../fuzz-target.ts'
import { fixedCertificate } from './fixed-certificates.ts'

/** RFC 7030, section 4.1.3: what a captured gateway answers to an agent that enrols. */
export const target: FuzzTarget = {
  name: 'certs-only',
  covers: ['agent/enrolment/certs-only.ts', 'agent/enrolment/der-reader.ts'],
  mostBytes: 64 * 1024,
  seeds: [certsOnly([fixedCertificate]), certsOnly([fixedCertificate, fixedCertificate]), certsOnly([])],
  attempt(bytes) {
    const read = valueOrRefusal(['bad_der'], () => readCertsOnly(bytes.toString('base64')))
    valueOrRefusal(['bad_der'], () => readCertsOnly(bytes.toString('latin1')))
    if (read === undefined) return
    holds(read.length <= 16, 'more certificates than are taken')
    for (const { raw } of read) holds(bytes.includes(raw), 'a certificate that was not sent')
  },
}
