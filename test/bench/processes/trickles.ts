import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Streams of the machine that say something four times a second until they are cut, and when each of them was. */
const everyMs = 250
/** By the name in `/trickle/NAME`: Unix milliseconds with a fraction at which the machine saw one end, and how many still run. */
const seen = new Map<string, { open: number; ends: number[]; changed: () => void }>()

const unixMs = (): number => performance.timeOrigin + performance.now()

export const isTrickle = ({ url }: IncomingMessage): boolean => url?.startsWith('/trickle/') === true

function count({ url }: IncomingMessage): () => void {
  const name = url?.slice('/trickle/'.length) ?? ''
  const found = seen.get(name) ?? { open: 0, ends: [], changed: () => {} }
  seen.set(name, found)
  found.open += 1
  let ended = false
  return () => {
    if (ended) return
    ended = true
    found.open -= 1
    found.ends.push(unixMs())
    found.changed()
  }
}

/** Server-sent events. */
export function trickle(request: IncomingMessage, response: ServerResponse): void {
  const ended = count(request)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('data: 0\n\n')
  const timer = setInterval(() => response.write('data: still running\n\n'), everyMs)
  untilEnded(request.socket, timer, ended)
}

/** The same as messages of a WebSocket (RFC 6455). */
export function trickleMessages(request: IncomingMessage, socket: Duplex): void {
  const ended = count(request)
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`]
  const text = Buffer.from('data: still running')
  const frame = Buffer.concat([Buffer.from([0x81, text.length]), text])
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  socket.write(frame)
  const timer = setInterval(() => socket.write(frame), everyMs)
  socket.on('error', () => {})
  socket.on('data', () => {})
  untilEnded(socket, timer, ended)
}

/** What the machine sees first: the other side's FIN, or a reset. Node's HTTP server keeps the connection of an answer that still runs half open. */
function untilEnded(socket: Duplex, timer: NodeJS.Timeout, ended: () => void): void {
  const over = (): void => {
    clearInterval(timer)
    ended()
    socket.destroy()
  }
  socket.once('end', over)
  socket.once('close', over)
}

/** Waits until none of that name runs, then forgets it. */
export async function trickleEnds({ name }: { readonly name: string }): Promise<readonly number[]> {
  const found = seen.get(name)
  if (found === undefined) return []
  while (found.open > 0) await new Promise<void>((resolve) => void (found.changed = resolve))
  seen.delete(name)
  return found.ends
}
