import type { FastifyInstance, FastifyRequest } from 'fastify'
import { CodedError } from '../basics/coded-error.ts'

const photo = 'image/jpeg'

/** JSON, photos, and nothing else: another type is refused, never skipped, and so is a body that nobody would read. */
export function acceptBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser(photo, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('preValidation', async (request) => {
    const { body, consumes = [] } = request.routeOptions.schema ?? {}
    if (body !== undefined) demandJson(request)
    else if (!consumes.includes(photo)) demandNoBody(request)
  })
}

function demandJson(request: FastifyRequest): void {
  if (/^application\/json(?:\s*;.*)?$/i.test(request.headers['content-type'] ?? '')) return
  throw refused('Send JSON with the header "content-type: application/json".', 415)
}

/** An empty object says nothing either: some clients cannot send none. */
function demandNoBody({ body }: FastifyRequest): void {
  const nothing =
    body === undefined || body === null || (typeof body === 'object' && !Buffer.isBuffer(body) && Object.keys(body).length === 0)
  if (!nothing) throw refused('This request takes no body.', 400)
}

const refused = (message: string, status: number): CodedError =>
  new CodedError({ code: 'bad_request', message, remedy: 'fix', details: { status } })
