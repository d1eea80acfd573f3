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
    if (after > 0 && !(await parts.feed.acknowledge(after))) {
      throw new CodedError({
        code: 'feed_rewound',
        message: `The feed does not hold number ${after}: reader and database have another history (a backup was restored). Ask after=0 for the last number, read all accounts, then go on from that number.`,
        remedy: 'conflict',
      })
    }
    if ((await parts.feed.last()) === after && wait > 0) await waiter.wait(wait * 1000, request.raw)
    const changes = await parts.feed.readAfter(after, pageSize)
    return { changes, last: await parts.feed.last() }
  })
}
