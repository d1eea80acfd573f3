import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'

/** One connection to the enrolment port that asks for a certificate again and again. */
export interface EstConnection {
  /** The status, and how long the answer took. */
  enrol(basic: string, der: Buffer): Promise<{ readonly status: number; readonly tookMs: number }>
  close(): void
}

export async function openEst(port: number, caPem: string): Promise<EstConnection> {
  let socket = await dial(port, caPem)
  const exchange = (head: string, body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = ''
      const onData = (chunk: Buffer): void => {
        text += chunk.toString('latin1')
        const [head = '', content = ''] = text.split('\r\n\r\n')
        const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? Number.NaN)
        if (content.length < length) return
        socket.off('data', onData).off('close', onClose)
        resolve(text)
      }
      const onClose = (): void => reject(new Error('closed'))
      socket.on('data', onData).once('close', onClose)
      socket.write(head + body)
    })
  return {
    async enrol(basic, der) {
      const body = der.toString('base64')
      const lines = ['POST /.well-known/est/simpleenroll HTTP/1.1', 'Host: localhost', basic, 'Content-Type: application/pkcs10']
      if (socket.destroyed) socket = await dial(port, caPem)
      const began = performance.now()
      const text = await exchange(`${[...lines, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n`, body)
      const tookMs = performance.now() - began
      if (/^connection: close/im.test(text)) socket.destroy()
      return { status: Number(text.slice(9, 12)), tookMs }
    },
    close: () => socket.destroy(),
  }
}

async function dial(port: number, ca: string): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca })
  socket.on('error', () => {})
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('close', () => reject(new Error('closed'))))
  return socket
}
