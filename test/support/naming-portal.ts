import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** As much of a portal as completion asks: the names of one machine and its services, by a token. */
export interface NamingPortal extends AsyncDisposable {
  readonly credentials: { readonly portal: string; readonly token: string; readonly expires_at: number; readonly name: string }
  /** From now on nobody gets an answer. */
  silence(): void
}

const machine = { id: 'press-7', name: 'Press 7', site: 'Hall 3', online: true }
const services = [
  { name: 'plc', kind: 'tcp', title: 'Drives' },
  { name: 'shell', kind: 'ssh', title: 'Shell' },
  { name: 'hmi', kind: 'http', title: 'Operating panel' },
  { name: '$(reboot)', kind: 'tcp', title: 'not a name' },
]

export async function startNamingPortal(): Promise<NamingPortal> {
  const token = 't'.repeat(43)
  let silent = false
  const server = createServer((request, response) => {
    if (silent) return
    const known = request.headers.authorization === `Bearer ${token}`
    const path = (request.url ?? '').split('?')[0]
    const answers: Readonly<Record<string, object>> = {
      '/api/v1/machines': { items: [machine, { ...machine, id: 'x; reboot' }], next: null },
      '/api/v1/machines/press-7': { ...machine, services },
    }
    const answer = known ? answers[path ?? ''] : undefined
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    credentials: {
      portal: `http://gw.sallyport.localhost:${(server.address() as AddressInfo).port}`,
      token,
      expires_at: 4_000_000_000,
      name: 'Tom',
    },
    silence: () => void (silent = true),
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
