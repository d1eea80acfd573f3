import type { IncomingMessage } from 'node:http'
import { isRefusal, refuse, type Refusal } from '../refusal.ts'

/** A message of 1,000 characters is far below. */
const mostBodyBytes = 16 * 1024

/** The object in the body of a request, or why there is none. */
export async function readJson(req: IncomingMessage): Promise<Readonly<Record<string, unknown>> | Refusal> {
  if (!/^application\/json\s*(?:;|$)/i.test(req.headers['content-type'] ?? ''))
    return refuse('bad_request', 'body_invalid', { status: 415 })
  const body = await readBody(req)
  if ('refused' in body && isRefusal(body)) return body
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  return refuse('bad_request', 'body_invalid')
}

async function readBody(req: IncomingMessage): Promise<Buffer | Refusal> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Not destroyed on the way out: the refusal still has to be read, and what goes on coming to be bounded.
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBodyBytes) return refuse('bad_request', 'body_too_large', { status: 413 })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
