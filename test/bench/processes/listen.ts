import { createServer, type AddressInfo, type Server } from 'node:net'

/** Any free port of loopback. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/** As `freePorts`, where no connection that goes out takes one meanwhile: for many. */
export async function portsOutsideTheEphemeral(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  for (let port = 12_000; port < 30_000 && ports.length < count; port += 1) if (await isFree(port)) ports.push(port)
  return ports
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Ports that were free a moment ago, for programs that must be told theirs. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(servers.map(listen))
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
