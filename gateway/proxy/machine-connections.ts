import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '../basics/clock.ts'
import {
  machineConnection,
  type AnswerTo,
  type MachineConnection,
  type MachineRequest,
  type SentRequest,
  type WrittenRequest,
} from './machine-connection.ts'
import { requestHead } from './request-head.ts'

/** HTTP/1.1 connections inside the streams of one grant; one request at a time each, and kept for the next one for a while. */
export interface MachineConnections {
  /** How many requests may be under way is the caller's to bound. @throws Error a head that cannot be sent */
  send(request: MachineRequest, answer: AnswerTo): SentRequest
  destroy(): void
}

/** An idle connection is a stream that the operator sees as open: given up soon, whatever the machine's side would keep. */
const idleMs = 4_000

export function createMachineConnections(options: {
  readonly openStream: () => Promise<Duplex>
  readonly maxHeadBytes: number
  readonly clock: Clock
}): MachineConnections {
  const { openStream, maxHeadBytes, clock } = options
  const all = new Set<MachineConnection>()
  /** The one that was used last comes first: the others may grow old. */
  const idle: { readonly connection: MachineConnection; readonly sinceMs: number }[] = []
  let timer: Timer | undefined
  let destroyed = false

  const sweep = (): void => {
    timer = undefined
    const nowMs = clock.monotonicMs()
    while (idle.length > 0 && nowMs - idle[0]!.sinceMs >= idleMs) {
      const { connection } = idle.shift()!
      if (connection.isOpen) connection.end()
    }
    if (idle.length > 0) timer = clock.after(idle[0]!.sinceMs + idleMs - nowMs, sweep)
  }
  const keep = (connection: MachineConnection): void => {
    if (destroyed) return connection.destroy()
    idle.push({ connection, sinceMs: clock.monotonicMs() })
    timer ??= clock.after(idleMs, sweep)
  }
  async function connect(): Promise<MachineConnection> {
    const stream = await openStream()
    // Its `close` may be over: nothing would ever be heard of it.
    if (stream.destroyed) throw new Error('the connection to the machine was lost as it was opened')
    const connection = machineConnection({ stream, maxHeadBytes, clock, onIdle: keep, onClosed: (closed) => void all.delete(closed) })
    all.add(connection)
    if (destroyed) connection.destroy()
    return connection
  }

  return {
    send({ method, target, headers, body }, answer) {
      const framed = body === undefined ? headers : [...headers, ...framingOf(body.bytes)]
      const request = { method, body, head: requestHead(method, target, framed) }
      for (let ready = idle.pop(); ready !== undefined; ready = idle.pop())
        if (ready.connection.isOpen) return ready.connection.carry(request, answer)
      return onceConnected(connect, keep, request, answer)
    },
    destroy() {
      destroyed = true
      timer?.cancel()
      for (const connection of all) connection.destroy()
    },
  }
}

function onceConnected(
  connect: () => Promise<MachineConnection>,
  keep: (connection: MachineConnection) => void,
  request: WrittenRequest,
  answer: AnswerTo,
): SentRequest {
  let sent: SentRequest | undefined
  let aborted = false
  connect().then(
    (connection) => {
      // Nothing was sent on it yet.
      if (aborted) return keep(connection)
      sent = connection.carry(request, answer)
    },
    (error: unknown) => {
      if (!aborted) answer.onError(error)
    },
  )
  return {
    pause: () => sent?.pause(),
    resume: () => sent?.resume(),
    abort() {
      aborted = true
      sent?.abort()
    },
  }
}

const framingOf = (bytes: number | null): readonly string[] =>
  bytes === null ? ['transfer-encoding', 'chunked'] : ['content-length', String(bytes)]
