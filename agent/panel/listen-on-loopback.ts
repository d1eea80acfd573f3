import type { Server } from 'node:http'
import { AgentError, errorCode } from '../basics/agent-error.ts'

export interface ListenOptions {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  /** Its name in `agent.json`, for the error. */
  readonly setting: string
}

/**
 * Returns the port.
 *
 * @throws AgentError `panel_port_in_use`, `panel_unavailable`
 */
export function listenOnLoopback(server: Server, { host, port, setting }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const taken = errorCode(error) === 'EADDRINUSE'
      const message = taken
        ? `Another program listens on the panel's port ${port}. End it, or choose another ${setting}.`
        : `The panel cannot listen on ${host}:${port} (${errorCode(error)}).`
      reject(new AgentError({ code: taken ? 'panel_port_in_use' : 'panel_unavailable', message, cause: error }))
    })
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
