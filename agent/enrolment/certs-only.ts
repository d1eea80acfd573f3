import { X509Certificate } from 'node:crypto'
import { badDer, readDer } from './der-reader.ts'
import type { DerElement } from './der-reader.ts'

const signedData = Buffer.from('06092a864886f70d010702', 'hex')

/**
 * The certificates of a "certs-only" CMS answer (RFC 7030, section 4.1.3; RFC 5652, section 5.1), base64 as it came.
 *
 * @throws AgentError `bad_der`
 */
export function readCertsOnly(base64: string): X509Certificate[] {
  const compact = base64.replaceAll(/\s/g, '')
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) throw badDer('it is not base64')
  const [contentInfo] = readDer(Buffer.from(compact, 'base64'), 1)
  const [type, wrapped] = readDer(expectTag(contentInfo, 0x30).content)
  if (type === undefined || !type.whole.equals(signedData)) throw badDer('it is no signed-data')
  const [data] = readDer(expectTag(wrapped, 0xa0).content)
  const certificates = readDer(expectTag(data, 0x30).content).find(({ tag }) => tag === 0xa0)
  return readDer(expectTag(certificates, 0xa0).content, 16).map(({ whole }) => parse(whole))
}

function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag !== tag) throw badDer('a part is missing')
  return element
}

function parse(whole: Buffer): X509Certificate {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(whole)
  } catch (error) {
    throw Object.assign(badDer('a certificate in it is broken'), { cause: error })
  }
  // OpenSSL also reads BER and writes it anew: a fingerprint would be of bytes that nobody sent.
  if (!certificate.raw.equals(whole)) throw badDer('a certificate in it is not DER')
  return certificate
}
