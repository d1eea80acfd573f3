import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** What stands where the machine's services would: it writes down each connection and each byte that comes. */
export interface Witness {
  /** By name: where it listens. */
  readonly ports: ReadonlyMap<string, number>
  /** A port that no configuration names: nothing may ever come here. */
  readonly forbiddenPort: number
  /** All that it has seen so far. */
  seen(): Sighting
  /** Bytes that came for this name, from a sighting on. */
  bytesSince(name: string, sighting: Sighting): string
  close(): void
}

export interface Sighting {
  readonly connections: number
  readonly bytes: number
  /** Connections to the port that nobody may reach. */
  readonly forbidden: number
  readonly lengths: ReadonlyMap<string, number>
}

/** Each service keeps so much; more is counted. */
const keptBytes = 4 * 1024 * 1024
const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\nConnection: close\r\n\r\nwitness'

/** `web`: those that answer HTTP, so that an agent that waits for an answer gets one. */
export async function startWitness(names: readonly string[], web: ReadonlySet<string>): Promise<Witness> {
  const servers: Server[] = []
  const sockets = new Set<Socket>()
  const ports = new Map<string, number>()
  const texts = new Map<string, string>()
  let connections = 0
  let bytes = 0
  let forbidden = 0
  const listen = async (name: string | null): Promise<number> => {
    const server = createServer((socket) => {
      sockets.add(socket)
      connections += 1
      if (name === null) forbidden += 1
      socket.on('error', () => {})
      socket.once('close', () => sockets.delete(socket))
      socket.setEncoding('latin1')
      socket.on('data', (chunk: string) => {
        bytes += chunk.length
        if (name === null) return
        const text = texts.get(name) ?? ''
        if (text.length < keptBytes) texts.set(name, text + chunk)
        if (web.has(name) && chunk.includes('\r\n\r\n')) socket.end(answer)
      })
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  for (const name of names) ports.set(name, await listen(name))
  const forbiddenPort = await listen(null)
  return {
    ports,
    forbiddenPort,
    seen: () => ({ connections, bytes, forbidden, lengths: new Map([...texts].map(([name, text]) => [name, text.length])) }),
    bytesSince: (name, { lengths }) => (texts.get(name) ?? '').slice(lengths.get(name) ?? 0),
    close: () => {
      for (const socket of sockets) socket.destroy()
      for (const server of servers) server.close()
    },
  }
}
