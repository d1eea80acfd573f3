import { connect, createServer, type Socket } from 'node:net'
import { answerParent } from './answer-parent.ts'
import { listen } from './listen.ts'

interface Way {
  readonly to: number
  /** Of a whole round trip, milliseconds. */
  readonly roundTripMs: number
  /** Bytes of one direction of a connection that may be on the way unacknowledged, as a TCP window. */
  readonly windowBytes: number
}

/** A long way on one machine: each byte arrives half a round trip later, and makes room for another after a whole one. */
answerParent({
  async relay(way: Way) {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      const other = connect({ host: '127.0.0.1', port: way.to, noDelay: true, allowHalfOpen: true })
      carry(socket, other, way)
      carry(other, socket, way)
    })
    return { port: await listen(server) }
  },
})

interface Sent {
  readonly chunk: Buffer | null
  readonly atMs: number
}

function carry(from: Socket, to: Socket, { roundTripMs, windowBytes }: Way): void {
  const underWay: Sent[] = []
  const unacknowledged: Sent[] = []
  let open = 0
  let timer: NodeJS.Timeout | null = null
  const look = (): void => {
    timer = null
    const nowMs = performance.now()
    for (let next = underWay[0]; next !== undefined && nowMs >= next.atMs + roundTripMs / 2; next = underWay[0]) {
      underWay.shift()
      if (to.destroyed) continue
      if (next.chunk === null) to.end()
      else to.write(next.chunk)
    }
    for (let next = unacknowledged[0]; next !== undefined && nowMs >= next.atMs + roundTripMs; next = unacknowledged[0]) {
      unacknowledged.shift()
      open -= next.chunk?.length ?? 0
    }
    if (open < windowBytes && from.isPaused()) from.resume()
    if (underWay.length > 0 || unacknowledged.length > 0) timer = setTimeout(look, 1)
  }
  const send = (chunk: Buffer | null): void => {
    const sent = { chunk, atMs: performance.now() }
    underWay.push(sent)
    unacknowledged.push(sent)
    open += chunk?.length ?? 0
    if (open >= windowBytes) from.pause()
    timer ??= setTimeout(look, 1)
  }
  from.on('data', send)
  from.on('end', () => send(null))
  from.on('error', () => to.destroy())
  from.on('close', () => from.readableEnded || to.destroy())
}
