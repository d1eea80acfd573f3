import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Reads an answer to its end. */
export async function digestOf(answer: IncomingMessage): Promise<{ sha256: string; length: number }> {
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    hash.update(chunk)
    length += chunk.length
  }
  return { sha256: hash.digest('hex'), length }
}
