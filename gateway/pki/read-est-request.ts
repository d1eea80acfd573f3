import type { IncomingMessage } from 'node:http'
import { EnrolmentRefusal } from './enrolment-refusal.ts'
import { maxCsrBytes } from './check-csr.ts'

/** Base64 with line ends takes a good third more. */
const maxBodyBytes = maxCsrBytes * 1.5

/** The PKCS#10 request in the body: `application/pkcs10`, base64 (RFC 7030, section 4.2.1). @throws EnrolmentRefusal */
export async function readEstRequest(request: IncomingMessage): Promise<Buffer> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/pkcs10')
    throw new EnrolmentRefusal(415, 'The body must be application/pkcs10: a certificate request, DER in base64.')
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  // Not destroyed on the way out: the refusal still has to be read.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) throw tooLarge()
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks)
    .toString('latin1')
    .replaceAll(/[\r\n\t ]/g, '')
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new EnrolmentRefusal(400, 'The body is not base64. Send the DER of the request in base64, without the lines of PEM.')
  }
  return Buffer.from(text, 'base64')
}

/** HTTP Basic (RFC 7617): the device id and its one-time password. */
export function readBasicCredentials(request: IncomingMessage): { readonly name: string; readonly password: string } | undefined {
  const match = /^Basic +([A-Za-z0-9+/]{1,1024}={0,2}) *$/i.exec(request.headers.authorization ?? '')
  const text = Buffer.from(match?.[1] ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

const tooLarge = (): EnrolmentRefusal =>
  new EnrolmentRefusal(413, `The body is larger than ${maxBodyBytes} bytes, which no certificate request is.`)
