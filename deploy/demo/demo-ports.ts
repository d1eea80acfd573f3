import { createServer, type AddressInfo } from 'node:net'
import { CodedError } from '../../gateway/basics/coded-error.ts'

/** Every port that the demo listens on, all on loopback. */
export interface DemoPorts {
  readonly public: number
  readonly tunnel: number
  readonly est: number
  /** One for each machine's panel, in the order of the machines. */
  readonly panels: readonly number[]
}

const usual: DemoPorts = { public: 8443, tunnel: 8444, est: 8445, panels: [8451, 8452, 8453] }

/**
 * The usual ports, with another public one where `wanted` names it; 0: any that are free, those of the last time if they still are.
 *
 * @throws CodedError `port_busy`
 */
export async function demoPorts(wanted: number | null, last: DemoPorts | null): Promise<DemoPorts> {
  if (wanted === 0) return last !== null && (await firstBusy(last)) === null ? last : anyPorts()
  const ports = { ...usual, public: wanted ?? usual.public }
  const busy = await firstBusy(ports)
  if (busy === null) return ports
  throw new CodedError({
    code: 'port_busy',
    message: `Port ${busy} is in use. Run the demo on free ports with: npm run demo -- --port 0`,
    remedy: 'fix',
  })
}

async function anyPorts(): Promise<DemoPorts> {
  const held = await Promise.all(Array.from({ length: 6 }, () => hold(0)))
  const servers = held.filter((server) => server !== null)
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  const [publicPort = 0, tunnel = 0, est = 0, ...panels] = ports
  return { public: publicPort, tunnel, est, panels }
}

async function firstBusy(ports: DemoPorts): Promise<number | null> {
  for (const port of [ports.public, ports.tunnel, ports.est, ...ports.panels]) {
    const server = await hold(port)
    if (server === null) return port
    await new Promise((resolve) => server.close(resolve))
  }
  return null
}

/** Listens for a moment; null when somebody else does. */
function hold(port: number): Promise<ReturnType<typeof createServer> | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
