import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { AgentError } from '../basics/agent-error.ts'
import type { HostPort } from '../settings/agent-settings.ts'
import { isLoopback } from '../settings/host-port.ts'

/** The technician is told within a second. A service is on this machine or beside it. */
const connectTimeoutMs = 900
const steps = 9

/**
 * Opens a connection to a local service. The panel's own port is refused again here, since a host name may lead anywhere.
 * A failure arrives as `error`.
 */
export function connectTarget(target: HostPort, panelPort: number): Socket {
  const socket = connect({
    host: target.host,
    port: target.port,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  })
  const fail = (code: string, message: string): void => void socket.destroy(new AgentError({ code, message }))
  // In steps: an agent that itself stood still has not waited for the service meanwhile, and hears first of what has come.
  let stepsLeft = steps
  const timer = setInterval(() => {
    stepsLeft -= 1
    if (stepsLeft === 0) fail('connect_timeout', 'The local service did not answer.')
  }, connectTimeoutMs / steps)
  socket.once('close', () => clearInterval(timer))
  socket.prependOnceListener('connect', () => {
    clearInterval(timer)
    if (socket.remotePort === panelPort && isLoopback(socket.remoteAddress ?? '')) fail('panel_target', 'A service leads to the panel.')
  })
  return socket
}
