import { randomInt } from 'node:crypto'
import { createServer, Server, type AddressInfo } from 'node:net'
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
 * @throws CodedError `port_busy`, `port_forbidden`
 */
export async function demoPorts(wanted: number | null, last: DemoPorts | null): Promise<DemoPorts> {
  if (wanted === 0) return last !== null && (await firstProblem(last)) === null ? last : anyPorts()
  const ports = wanted === null ? usual : withPublic(wanted)
  const problem = await firstProblem(ports)
  if (problem !== null) throw problem
  return ports
}

/** Somebody else was quicker than the demo's own listener. */
export const portBusyAfterAll = (error: unknown): CodedError | null =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error ? portBusy(Number(error.port)) : null

/** Where the public port is to be another's usual one, that one moves to the public port's usual place. */
function withPublic(wanted: number): DemoPorts {
  const moved = (port: number): number => (port === wanted ? usual.public : port)
  return { public: wanted, tunnel: moved(usual.tunnel), est: moved(usual.est), panels: usual.panels.map(moved) }
}

/** Below what systems give to connections and to whoever asks for any port: while a program starts anew, nobody gets its port by chance. */
const quietPorts = { from: 20_000, below: 32_768 }

async function anyPorts(): Promise<DemoPorts> {
  const held = await Promise.all(Array.from({ length: 6 }, () => holdAny()))
  const servers = held.filter((server) => server instanceof Server)
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  const [publicPort = 0, tunnel = 0, est = 0, ...panels] = ports
  return { public: publicPort, tunnel, est, panels }
}

async function firstProblem(ports: DemoPorts): Promise<CodedError | null> {
  for (const port of [ports.public, ports.tunnel, ports.est, ...ports.panels]) {
    const held = await hold(port)
    if (!(held instanceof Server)) return 'code' in held && held.code === 'EACCES' ? portForbidden(port) : portBusy(port)
    await new Promise((resolve) => held.close(resolve))
  }
  return null
}

function portBusy(port: number): CodedError {
  return new CodedError({
    code: 'port_busy',
    message: `Port ${port} is in use. Run the demo on free ports with: npm run demo -- --port 0`,
    remedy: 'fix',
  })
}

function portForbidden(port: number): CodedError {
  return new CodedError({
    code: 'port_forbidden',
    message: `This account may not listen on port ${port}. Name one from 1024 on, or run the demo on free ports with: npm run demo -- --port 0`,
    remedy: 'fix',
  })
}

async function holdAny(): Promise<Server | Error> {
  for (let left = 20; left > 0; left -= 1) {
    const held = await hold(randomInt(quietPorts.from, quietPorts.below))
    if (held instanceof Server) return held
  }
  return hold(0)
}

/** Listens for a moment; why not, where it cannot. */
function hold(port: number): Promise<Server | Error> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
