import { connect } from 'node:net'
import { answerReader, figuresOf, requestHead, type RequestFigures, type RequestLoad } from './request-load.ts'

/** As `requestLoad`, with a new connection for each request, which ends well before the next one begins; the latency is from the connecting to the answer. */
export async function connectionLoad({ target, path, connections, measureMs, count }: RequestLoad): Promise<RequestFigures> {
  const head = requestHead(target, 'GET', path)
  const latencies: number[] = []
  const startedAt = performance.now()
  let [left, failures] = [count ?? Number.POSITIVE_INFINITY, 0]
  const worker = async (): Promise<void> => {
    while (performance.now() - startedAt < measureMs && left > 0) {
      left -= 1
      try {
        latencies.push(await once(target.port, head))
      } catch (error) {
        if (count === undefined) throw error
        failures += 1
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return figuresOf(latencies, (performance.now() - startedAt) / 1000, failures)
}

function once(port: number, head: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const askedAt = performance.now()
    const reader = answerReader()
    let answeredMs: number | null = null
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }, () => void socket.write(head))
    socket.on('error', reject)
    socket.on('close', () => (answeredMs === null ? reject(new Error('the connection was closed before the answer')) : resolve(answeredMs)))
    socket.on('data', (chunk) => {
      const whole = reader(chunk)
      if (whole instanceof Error) return reject(whole)
      if (!whole) return
      answeredMs = performance.now() - askedAt
      socket.end()
    })
  })
}
