import { derTag, writeDer } from './der.ts'

const signedData = writeDer(derTag.oid, Buffer.from('2a864886f70d010702', 'hex'))
const data = writeDer(derTag.oid, Buffer.from('2a864886f70d010701', 'hex'))

/** A "certs-only" CMS SignedData (RFC 5652, section 5; RFC 7030, section 4.1.3) around certificates in DER. */
export function certsOnly(certificates: readonly Buffer[]): Buffer {
  const content = writeDer(
    derTag.sequence,
    writeDer(derTag.integer, Buffer.from([1])),
    writeDer(derTag.set),
    writeDer(derTag.sequence, data),
    writeDer(derTag.context0, ...certificates),
    writeDer(derTag.set),
  )
  return writeDer(derTag.sequence, signedData, writeDer(derTag.context0, content))
}
