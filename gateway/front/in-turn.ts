import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { BoundLog } from '../basics/bound-log.ts'

/** Nobody's browser sends a second request before the first was answered; whoever does may let this many wait. */
export const maxWaiting = 32

export interface InTurn {
  /** Hands requests on one after the other, as they came on their connection; the connection of who sends too many ahead is cut. */
  (request: IncomingMessage, response: ServerResponse, handle: () => void): void
  /** No answer is owed that what were written now would be taken for; a request whose own body is broken may still be told so. */
  mayRefuse(socket: Duplex): boolean
}

interface Line {
  /** Who came last. */
  request: IncomingMessage
  response: ServerResponse
  waiting: number
}

/**
 * Requests that were sent without waiting for answers (RFC 9112, section 9.3.2). Node's parser hands all of them out at once: a kilobyte of bytes would be a
 * dozen requests at work, and two that change something would reach a machine in any order.
 */
export function inTurn(bounds: BoundLog): InTurn {
  const lines = new WeakMap<Duplex, Line>()
  const take = (request: IncomingMessage, response: ServerResponse, handle: () => void): void => {
    const { socket } = request
    // What the parser still had of a connection that was cut.
    if (socket.destroyed) return
    const line = lines.get(socket)
    if (line === undefined) {
      lines.set(socket, { request, response, waiting: 0 })
      return handle()
    }
    const before = line.response
    line.request = request
    line.response = response
    if (isOver(before)) return handle()
    line.waiting += 1
    if (line.waiting > maxWaiting) {
      // What were written now would be taken for the answer to an earlier request.
      bounds.met('requests of one connection that wait', socket.remoteAddress)
      return void socket.destroy()
    }
    before.once('close', () => {
      line.waiting -= 1
      if (!socket.destroyed) handle()
    })
  }
  return Object.assign(take, {
    mayRefuse: (socket: Duplex): boolean => {
      const line = lines.get(socket)
      if (line === undefined || isOver(line.response)) return true
      return line.waiting === 0 && !line.request.complete && !line.response.headersSent
    },
  })
}

const isOver = (response: ServerResponse): boolean => response.writableFinished || response.destroyed
