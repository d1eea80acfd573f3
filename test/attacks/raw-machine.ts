import { createServer, type AddressInfo, type Socket } from 'node:net'
import { readRequests, type StrictRequest } from './strict-requests.ts'

/** What a machine does with a connection each time bytes have come on it; `requests` is what a strict reader finds in all that came. */
export type Answering = (socket: Socket, requests: readonly StrictRequest[], bytes: Buffer) => void

/** A machine that is a TCP port: it sees every byte that the agent sent and answers with whatever bytes a test wants. */
export interface RawMachine extends AsyncDisposable {
  readonly port: number
  /** All bytes of each connection since the last {@link forget}, in the order of the connections. */
  received(): Buffer[]
  /** What a strict reader finds in them; throws where they are not requests, one behind the other. */
  requests(): StrictRequest[]
  forget(): void
  /** Null: it names in its answer what it was asked. */
  answer: Answering | null
  /** What it says as soon as somebody has connected. */
  greeting: string | null
  readonly open: ReadonlySet<Socket>
}

export async function startRawMachine(): Promise<RawMachine> {
  let heard: { bytes: Buffer }[] = []
  const open = new Set<Socket>()
  const machine: Pick<RawMachine, 'answer' | 'greeting'> = { answer: null, greeting: null }
  const server = createServer((socket) => {
    const connection = { bytes: Buffer.alloc(0), answered: 0 }
    heard.push(connection)
    open.add(socket)
    if (machine.greeting !== null) socket.write(machine.greeting)
    socket.on('error', () => {}).once('close', () => open.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      connection.bytes = Buffer.concat([connection.bytes, chunk])
      // A test that began anew does not want what an idle connection heard before.
      if (!heard.includes(connection)) heard.push(connection)
      const requests = wholeRequests(connection.bytes)
      if (machine.answer !== null) machine.answer(socket, requests, connection.bytes)
      else for (const request of requests.slice(connection.answered)) socket.write(naming(request))
      connection.answered = requests.length
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(machine, {
    port: (server.address() as AddressInfo).port,
    received: () => heard.map(({ bytes }) => bytes),
    requests: () => heard.flatMap(({ bytes }) => readRequests(bytes).requests),
    forget() {
      heard = []
      // Its bytes would be counted to the next test: a fresh connection is opened then.
      for (const socket of open) socket.destroy()
    },
    open,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

/** What can be read so far; nothing where it is no HTTP: then nothing is answered either. */
function wholeRequests(bytes: Buffer): readonly StrictRequest[] {
  try {
    return readRequests(bytes).requests
  } catch {
    return []
  }
}

function naming({ method, target, body }: StrictRequest): string {
  const text = method === 'HEAD' ? '' : `you asked ${method} ${target} with ${body.length} bytes`
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`
}
