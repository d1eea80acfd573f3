import type { ServerHttp2Stream } from 'node:http2'

/** A whole JSON answer; a request body that was not read is not waited for. */
export function answerJson(stream: ServerHttp2Stream, status: number, body: object, contentType = 'application/json'): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return
  stream.respond({ ':status': status, 'content-type': contentType })
  stream.end(JSON.stringify(body))
  stream.resume()
}

export interface DoorProblem {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** RFC 9457. */
export function answerProblem(stream: ServerHttp2Stream, { status, code, message }: DoorProblem): void {
  answerJson(stream, status, { title: code, status, code, detail: message }, 'application/problem+json')
}
