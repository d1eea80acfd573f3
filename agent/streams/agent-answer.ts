import type { ServerResponse } from 'node:http'
import type { StreamRefusal } from '../wire/agent-api.ts'
import { agentErrorHeader } from '../wire/agent-api.ts'

/** An HTTP answer of the agent itself, marked as such. When the answer has begun, the stream is destroyed instead: a torn answer must look torn. */
export function agentAnswer(response: ServerResponse, status: number, code: StreamRefusal): void {
  if (response.headersSent || response.destroyed) return void response.socket?.destroy()
  const body = `${code}\n`
  response.writeHead(status, {
    [agentErrorHeader]: code,
    'content-type': 'text/plain',
    'content-length': body.length,
    'cache-control': 'no-store',
  })
  response.end(body)
}
