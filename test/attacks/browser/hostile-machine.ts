import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { WebSocketServer } from 'ws'

/** What came to a web server that wants nobody well. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface HostileAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

/** A web server whose pages attack: behind an agent it is a machine, without one any page of the internet. */
export interface HostileMachine extends AsyncDisposable {
  readonly port: number
  /** Everything that it was ever asked; what an attacker reads out of it. */
  readonly seen: readonly SeenRequest[]
  /** What it answers at a path, whatever the query; an empty page elsewhere. */
  readonly answers: Map<string, HostileAnswer>
}

const emptyPage: HostileAnswer = { body: '<!doctype html><meta charset="utf-8"><title>A machine</title><h1>Machine</h1>' }

export async function startHostileMachine(): Promise<HostileMachine> {
  const seen: SeenRequest[] = []
  const answers = new Map<string, HostileAnswer>()
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body })
      const answer = answers.get(url.split('?', 1)[0] ?? '') ?? emptyPage
      response.writeHead(answer.status ?? 200, { 'content-type': 'text/html; charset=utf-8', ...writable(answer) })
      response.end(answer.body ?? emptyPage.body)
    })
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, { url = '', headers }) => {
    seen.push({ method: 'WEBSOCKET', url, headers, body: '' })
    socket.on('error', () => {}).on('message', (data) => socket.send(data))
  })
  await listening(server)
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    answers,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const writable = ({ headers = {} }: HostileAnswer): Record<string, string | string[]> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]))

const listening = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
