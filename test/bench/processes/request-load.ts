import { connect, type Socket } from 'node:net'

/** What is asked, and of whom; always on loopback. */
export interface Target {
  readonly port: number
  readonly host: string
  readonly headers: Readonly<Record<string, string>>
}

export interface RequestLoad {
  readonly target: Target
  readonly path: string
  readonly connections: number
  readonly measureMs: number
  /** Each connection rests so long after an answer, as people and pages do; 0 when it is left out. */
  readonly thinkMs?: number
  /** With `fresh`: ends after so many connections, and counts those that failed instead of ending at the first. */
  readonly count?: number
  /** A new connection for each request. */
  readonly fresh?: boolean
}

export interface RequestFigures {
  readonly requests: number
  readonly seconds: number
  readonly failures: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** From the request to the first byte of its answer. */
  readonly firstByteP50Ms?: number
  /** Of an answer, its head too. */
  readonly meanBytes?: number
}

interface Answered {
  readonly latencyMs: number
  readonly firstByteMs: number
  readonly bytes: number
}

/** Keep-alive connections that each ask again as soon as the answer is whole. Every answer must be a 200 with a length or in chunks. */
export async function requestLoad({ target, path, connections, measureMs, thinkMs = 0 }: RequestLoad): Promise<RequestFigures> {
  const answers: Answered[] = []
  const head = requestHead(target, 'GET', path)
  const sockets = Array.from({ length: connections }, () => connect({ host: '127.0.0.1', port: target.port, noDelay: true }))
  const startedAt = performance.now()
  const failed = Promise.race(sockets.map((socket) => asking(socket, head, thinkMs, (answer) => answers.push(answer))))
  await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, measureMs))])
  const seconds = (performance.now() - startedAt) / 1000
  for (const socket of sockets)
    socket
      .removeAllListeners()
      .on('error', () => {})
      .destroy()
  const latencies = answers.map(({ latencyMs }) => latencyMs)
  const first = answers.map(({ firstByteMs }) => firstByteMs)
  const bytes = answers.reduce((sum, answer) => sum + answer.bytes, 0)
  return { ...figuresOf(latencies, seconds), firstByteP50Ms: figuresOf(first, seconds).p50Ms, meanBytes: bytes / answers.length }
}

export function figuresOf(latencies: readonly number[], seconds: number, failures = 0): RequestFigures {
  const sorted = Float64Array.from(latencies).toSorted()
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
  return { requests: latencies.length, seconds, failures, p50Ms: at(0.5), p99Ms: at(0.99) }
}

export function requestHead({ host, headers }: Target, method: string, path: string): Buffer {
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
}

/** Rejects when the connection fails or an answer is not a 200. */
function asking(socket: Socket, head: Buffer, thinkMs: number, onAnswer: (answer: Answered) => void): Promise<never> {
  return new Promise((_resolve, reject) => {
    const reader = answerReader()
    let askedAt = 0
    let firstByteMs = 0
    let bytes = 0
    const ask = (): void => {
      askedAt = performance.now()
      bytes = 0
      socket.write(head)
    }
    socket.once('connect', ask)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed')))
    socket.on('data', (chunk) => {
      if (bytes === 0) firstByteMs = performance.now() - askedAt
      bytes += chunk.length
      const whole = reader(chunk)
      if (whole instanceof Error) return reject(whole)
      if (!whole) return
      onAnswer({ latencyMs: performance.now() - askedAt, firstByteMs, bytes })
      if (thinkMs === 0) ask()
      else setTimeout(ask, thinkMs)
    })
  })
}

/** RFC 9112, section 7.1. */
const lastChunk = Buffer.from('\r\n0\r\n\r\n')

/** Reads answers with a length, or in chunks, one asked for after the other; true when one is whole. */
export function answerReader(): (chunk: Buffer) => boolean | Error {
  let pending: Buffer | null = null
  let missing = -1
  /** The last bytes of an answer in chunks. */
  let tail: Buffer | null = null
  const isLast = (bytes: Buffer): boolean => {
    tail = Buffer.from(bytes.subarray(-lastChunk.length))
    if (!tail.equals(lastChunk)) return false
    tail = null
    return true
  }
  return (chunk) => {
    if (tail !== null) return isLast(Buffer.concat([tail, chunk]))
    if (missing < 0) {
      const bytes: Buffer = pending === null ? chunk : Buffer.concat([pending, chunk])
      const end = bytes.indexOf('\r\n\r\n')
      if (end === -1) {
        pending = bytes
        return false
      }
      pending = null
      const head = bytes.toString('latin1', 0, end + 2)
      const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)
      const isOk = head.startsWith('HTTP/1.1 200')
      if (isOk && /\r\ntransfer-encoding: *chunked\r\n/i.test(head)) return isLast(bytes)
      if (!isOk || length === null) return new Error(`an answer that was not expected: ${head}`)
      missing = Number(length[1]) - (bytes.length - end - 4)
    } else {
      missing -= chunk.length
    }
    if (missing > 0) return false
    if (missing < 0) return new Error('more bytes than the answer has')
    missing = -1
    return true
  }
}
