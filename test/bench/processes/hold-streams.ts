import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { requestHead, type Target } from './request-load.ts'

export interface Holding {
  /** By which `ends` asks for them later. */
  readonly name: string
  readonly target: Target
  readonly streams: number
  /** As messages of a WebSocket. */
  readonly webSocket?: boolean
}

export interface Held {
  /** Of each stream: its last byte, and its end, Unix milliseconds with a fraction. */
  readonly ends: readonly { readonly lastByteMs: number; readonly closedMs: number }[]
}

const held = new Map<string, Promise<Held['ends'][number]>[]>()

const unixMs = (): number => performance.timeOrigin + performance.now()

/** Opens streams that trickle without end; resolves when each has answered. */
export async function holdStreams({ name, target, streams, webSocket = false }: Holding): Promise<{ readonly held: number }> {
  const opened = await Promise.all(Array.from({ length: streams }, () => holdOne(name, target, webSocket)))
  held.set(name, [...(held.get(name) ?? []), ...opened.map(({ ended }) => ended)])
  return { held: opened.length }
}

/** Waits until every stream of that name was cut. */
export async function endsOf({ name }: { readonly name: string }): Promise<Held> {
  const ends = await Promise.all(held.get(name) ?? [])
  held.delete(name)
  return { ends }
}

const upgrade = (host: string): Readonly<Record<string, string>> => ({
  connection: 'Upgrade',
  upgrade: 'websocket',
  origin: `http://${host}`,
  'sec-websocket-version': '13',
  'sec-websocket-key': randomBytes(16).toString('base64'),
  'sec-fetch-mode': 'websocket',
})

async function holdOne(name: string, target: Target, webSocket: boolean): Promise<{ readonly ended: Promise<Held['ends'][number]> }> {
  const socket: Socket = connect({ host: '127.0.0.1', port: target.port, noDelay: true })
  socket.on('error', () => {})
  let lastByteMs = 0
  const ended = new Promise<Held['ends'][number]>((resolve) => socket.once('close', () => resolve({ lastByteMs, closedMs: unixMs() })))
  await new Promise<void>((resolve, reject) => {
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      lastByteMs = unixMs()
      if (answer.includes('data: ')) return
      answer += chunk.toString('latin1')
      if (!answer.startsWith(webSocket ? 'HTTP/1.1 101' : 'HTTP/1.1 200'))
        reject(new Error(`a stream was refused: ${answer.slice(0, 200)}`))
      else if (answer.includes('data: ')) resolve()
    })
    socket.once('close', () => reject(new Error('a stream ended before it was held')))
    const headers = webSocket ? { ...target.headers, ...upgrade(target.host) } : target.headers
    socket.write(requestHead({ ...target, headers }, 'GET', `/trickle/${name}`))
  })
  return { ended }
}
