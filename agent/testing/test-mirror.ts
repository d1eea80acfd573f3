import { request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { ClientHttp2Stream } from 'node:http2'
import type { PanelMirrorBatch, PanelMirrorBegin, PanelMirrorPages, PanelMirrorRequest } from '../panel/panel-api.ts'
import type { AgentBench } from './agent-bench.ts'

/** A page of the technician, as the gateway passes it on. */
export interface TestPage {
  readonly id: string
  readonly stream: ClientHttp2Stream
  readonly status: number
  /** What the agent wanted of it. */
  readonly orders: string[]
  send(...batches: readonly object[]): void
  readonly closed: Promise<void>
}

export async function openTestPage({ gateway }: AgentBench, session: string, id: string, service = 'hmi'): Promise<TestPage> {
  const stream = gateway.tunnel!.request(
    { ':method': 'POST', ':path': `/v1/sessions/${session}/mirror`, 'sallyport-page': id, 'sallyport-service': service },
    { endStream: false },
  )
  const orders: string[] = []
  stream.setEncoding('utf8')
  stream.on('error', () => {})
  stream.on('data', (text: string) => {
    for (const line of text.split('\n').filter((one) => one.startsWith('{"order"')))
      orders.push((JSON.parse(line) as { order: string }).order)
  })
  const closed = new Promise<void>((resolve) => stream.once('close', resolve))
  const status = await new Promise<number>((resolve) => stream.once('response', (headers) => resolve(Number(headers[':status']))))
  const send = (...batches: readonly object[]): void =>
    void stream.write(batches.map((batch) => `${typeof batch === 'string' ? batch : JSON.stringify(batch)}\n`).join(''))
  return { id, stream, status, orders, send, closed }
}

/** What a panel heard on `GET /api/mirror`. */
export interface TestMirror {
  readonly status: number
  begin: PanelMirrorBegin | null
  pages: PanelMirrorPages
  readonly batches: PanelMirrorBatch[]
  readonly requests: Map<number, PanelMirrorRequest>
  readonly response: IncomingMessage
  leave(): void
}

export async function openTestMirror({ agent, panel }: AgentBench): Promise<TestMirror> {
  const url = new URL('/api/mirror', agent.panelUrl)
  const request: ClientRequest = httpRequest({
    host: url.hostname,
    port: url.port,
    path: url.pathname,
    headers: { 'sallyport-panel': panel.secret },
  })
  request.on('error', () => {})
  const answered = new Promise<IncomingMessage>((resolve) => request.once('response', resolve))
  request.end()
  const response = await answered
  const mirror: TestMirror = {
    status: response.statusCode ?? 0,
    begin: null,
    pages: [],
    batches: [],
    requests: new Map(),
    response,
    leave: () => request.destroy(),
  }
  let rest = ''
  response.setEncoding('utf8')
  response.on('error', () => {})
  response.on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) hear(mirror, block)
  })
  return mirror
}

function hear(mirror: TestMirror, block: string): void {
  const [, event, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
  if (event === 'begin') mirror.begin = JSON.parse(data) as PanelMirrorBegin
  if (event === 'pages') mirror.pages = JSON.parse(data) as PanelMirrorPages
  if (event === 'batch') mirror.batches.push(JSON.parse(data) as PanelMirrorBatch)
  if (event !== 'request') return
  const seen = JSON.parse(data) as PanelMirrorRequest
  mirror.requests.set(seen.n, seen)
}
