import { Agent, request } from 'node:http'
import type { Readable } from 'node:stream'

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface RawRequest {
  readonly method: string
  /** Sent as it is: nothing is decoded, resolved or normalised. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer | Readable
}

/** Speaks HTTP to one host name at loopback with exactly these paths and headers; a connection that ends without an answer is status 0. */
export class RawHttp {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 })
  readonly #origin: URL

  constructor(origin: string) {
    this.#origin = new URL(origin)
  }

  send({ method, path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
    const { port, host } = this.#origin
    // Without it Node frames the body of a DELETE not at all.
    const length = typeof body === 'string' || Buffer.isBuffer(body) ? { 'content-length': String(Buffer.byteLength(body)) } : {}
    return new Promise((resolve) => {
      const outgoing = request({
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: this.#agent,
        headers: { host, ...length, ...headers } as Record<string, string>,
      })
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        const answer = () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(chunks).toString() })
        incoming.on('end', answer).on('error', answer)
      })
      outgoing.on('error', (error) => resolve({ status: 0, headers: {}, text: error.message }))
      if (body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body))
        body.on('error', () => outgoing.destroy()).pipe(outgoing)
      else outgoing.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
