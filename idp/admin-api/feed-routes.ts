import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { CodedError } from '../../gateway/basics/coded-error.ts'
import type { AdminParts } from './admin-server.ts'
import { parse } from './parse.ts'
import type { Waiter } from './wait-for-change.ts'

const query = z.strictObject({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  wait: z.coerce.number().min(0).max(25).default(0),
})
const pageSize = 500

/** `GET /admin/feed?after=N&wait=S`: changes after N, at once or as soon as there is one; everything up to N is acknowledged. */
export function feedRoutes(server: FastifyInstance, parts: AdminParts, waiter: Waiter): void {
  server.get('/admin/feed', async (request) => {
    const { after, wait } = parse(query, request.query)
    const last = await parts.feed.last()
    if (after > last) {
      throw new CodedError({
        code: 'feed_rewound',
        message: `The feed ends at ${last}, before ${after}: this database is older than the reader. Read all accounts, then go on from ${last}.`,
        remedy: 'conflict',
      })
    }
    await parts.feed.acknowledge(after)
    if (last === after && wait > 0) await waiter.wait(wait * 1000, request.raw)
    return { changes: await parts.feed.readAfter(after, pageSize), last: await parts.feed.last() }
  })
}
