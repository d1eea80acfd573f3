import type { TLSSocket } from 'node:tls'
import { AgentError } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'

export const dialTimeoutMs = 10_000

export interface Waiting {
  readonly clock: Clock
  readonly signal?: AbortSignal
}

/** Resolves when the handshake is done. @throws AgentError `aborted`, `dial_timeout`, `ECONNRESET`; or Node's connect and TLS errors */
export function untilSecure(socket: TLSSocket, { clock, signal }: Waiting): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown): void => {
      timer.cancel()
      signal?.removeEventListener('abort', abort)
      socket.removeListener('error', settle)
      socket.removeListener('close', closed)
      if (error === undefined) resolve()
      else reject(error)
    }
    const abort = (): void => settle(new AgentError({ code: 'aborted', message: 'The agent ends.' }))
    const closed = (): void => settle(new AgentError({ code: 'ECONNRESET', message: 'The gateway closed the connection.' }))
    const timer = clock.after(dialTimeoutMs, () =>
      settle(new AgentError({ code: 'dial_timeout', message: `The gateway did not answer within ${dialTimeoutMs / 1000} s.` })),
    )
    socket.once('secureConnect', () => settle())
    socket.once('error', settle)
    socket.once('close', closed)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted === true) abort()
  })
}
