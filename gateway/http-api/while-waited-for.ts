import type { FastifyReply } from 'fastify'

/** Aborts when whoever asked is gone before the answer went out: what is computed for him can end. */
export function whileWaitedFor(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return gone.signal
}
