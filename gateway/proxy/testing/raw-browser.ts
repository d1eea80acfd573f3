import { connect, type Socket } from 'node:net'

/** A browser made of bytes: sends exactly what it is told. */
export interface RawBrowser {
  readonly socket: Socket
  /** Everything that came so far, as latin1. */
  received(): string
  send(bytes: string | Buffer): void
  /** Resolves with everything when it holds `text`, or when the connection is closed. */
  until(text: string): Promise<string>
  /** Resolves with everything when the connection is closed. */
  closed(): Promise<string>
}

export async function rawBrowser(port: number): Promise<RawBrowser> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  let closed = false
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {})
  socket.on('close', () => (closed = true))
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const received = (): string => Buffer.concat(chunks).toString('latin1')
  const when = (condition: () => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not within 5 s; received: ${received().slice(0, 2000)}`)), 5_000)
      const check = (): void => {
        if (!condition() && !closed) return
        clearTimeout(timer)
        socket.off('data', check).off('close', check)
        resolve(received())
      }
      socket.on('data', check).on('close', check)
      check()
    })
  return {
    socket,
    received,
    send: (bytes) => void socket.write(bytes),
    until: (text) => when(() => received().includes(text)),
    closed: () => when(() => closed),
  }
}
