import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { TestAuthority } from './test-authority.ts'

export interface TestEstServer {
  readonly port: number
  /** `operation password-or-client-name` of each request. */
  readonly seen: string[]
  /** Public keys of the requests, in the order in which they came. */
  readonly requests: Buffer[]
  /** Overrides the next answers; null as an answer: this one not. */
  answer: ((request: Buffer, operation: string, basic: string) => TestEstAnswer | null) | null
  close(): void
}

export interface TestEstAnswer {
  readonly status: number
  readonly body: string
  readonly retryS?: number
}

/** As much of EST as an agent asks for; the real one is the gateway's. */
export async function startTestEstServer(options: {
  readonly authority: TestAuthority
  readonly uri: string
  readonly password: string
  readonly port?: number
}): Promise<TestEstServer> {
  const { authority } = options
  const server = createServer({
    ...authority.server(),
    ca: [authority.rootPem, authority.issuingPem],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
  })
  const est: Omit<TestEstServer, 'port' | 'close'> = { seen: [], requests: [], answer: null }
  server.on('request', (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const operation = request.url?.split('/').at(-1) ?? ''
      const csr = Buffer.from(Buffer.concat(chunks).toString(), 'base64')
      const basic = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64').toString()
      const client = request.socket as TLSSocket
      est.seen.push(`${operation} ${client.authorized ? client.getPeerX509Certificate()?.subjectAltName : basic}`)
      est.requests.push(csr)
      const entitled = operation === 'simplereenroll' ? client.authorized : basic.endsWith(`:${options.password}`)
      const { status, body, retryS }: TestEstAnswer =
        est.answer?.(csr, operation, basic) ??
        (entitled
          ? { status: 200, body: authority.certsOnly(authority.device({ request: csr, uri: options.uri })) }
          : { status: 401, body: 'no' })
      if (retryS !== undefined) response.setHeader('retry-after', retryS)
      response.writeHead(status, { 'content-type': 'application/pkcs7-mime; smime-type=certs-only' }).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return Object.assign(est, {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  })
}
