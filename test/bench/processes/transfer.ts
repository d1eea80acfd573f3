import { connect } from 'node:net'
import { answerReader, requestHead, type Target } from './request-load.ts'

export interface Transfer {
  readonly target: Target
  readonly direction: 'down' | 'up'
  readonly bytes: number
}

const piece = Buffer.alloc(64 * 1024, 'x')

/** One download (`/bulk/N`) or upload of so many bytes on one connection; the time from the request to the last byte of the answer. */
export function transfer({ target, direction, bytes }: Transfer): Promise<{ readonly seconds: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: target.port, noDelay: true })
    const whole = answerReader()
    let startedAt = 0
    socket.once('connect', () => {
      startedAt = performance.now()
      if (direction === 'down') return void socket.write(requestHead(target, 'GET', `/bulk/${bytes}`))
      const upload = { ...target, headers: { ...target.headers, 'content-length': String(bytes) } }
      socket.write(requestHead(upload, 'PUT', '/upload'))
      let left = bytes
      const more = (): void => {
        while (left > 0) {
          const next = left >= piece.length ? piece : piece.subarray(0, left)
          left -= next.length
          if (!socket.write(next)) return void socket.once('drain', more)
        }
      }
      more()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed in the middle')))
    socket.on('data', (chunk) => {
      const done = whole(chunk)
      if (done === false) return
      const seconds = (performance.now() - startedAt) / 1000
      socket.removeAllListeners('close').destroy()
      if (done === true) resolve({ seconds })
      else reject(done)
    })
  })
}
