import { connect } from 'node:net'
import { answerReader, figuresOf, requestHead, type RequestFigures, type RequestLoad } from './request-load.ts'

/** As `requestLoad`, with a new connection for each request; the latency begins with the connecting. */
export async function connectionLoad({ target, path, connections, measureMs }: RequestLoad): Promise<RequestFigures> {
  const head = requestHead(target, 'GET', path)
  const latencies: number[] = []
  const startedAt = performance.now()
  const worker = async (): Promise<void> => {
    while (performance.now() - startedAt < measureMs) latencies.push(await once(target.port, head))
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return figuresOf(latencies, (performance.now() - startedAt) / 1000)
}

function once(port: number, head: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const askedAt = performance.now()
    const reader = answerReader()
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }, () => void socket.write(head))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed')))
    socket.on('data', (chunk) => {
      const whole = reader(chunk)
      if (whole instanceof Error) return reject(whole)
      if (!whole) return
      // Without a reset each of them would keep its port for a minute.
      socket.removeAllListeners('close').resetAndDestroy()
      resolve(performance.now() - askedAt)
    })
  })
}
