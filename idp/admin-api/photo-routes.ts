import type { FastifyInstance } from 'fastify'
import { CodedError } from '../../gateway/basics/coded-error.ts'
import { readPhoto } from '../accounts/read-photo.ts'
import { accountJson } from './account-json.ts'
import { demandAccount, subOf } from './account-routes.ts'
import type { AdminParts } from './admin-server.ts'

/** The photo that operators see before they let somebody in. */
export function photoRoutes(server: FastifyInstance, parts: AdminParts): void {
  server.addContentTypeParser('image/jpeg', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.put('/admin/accounts/:sub/photo', async (request) => {
    const sub = subOf(request)
    await demandAccount(parts, sub)
    if (!Buffer.isBuffer(request.body)) {
      throw new CodedError({ code: 'unsupported_media_type', message: 'Send the photo itself as image/jpeg.', remedy: 'fix' })
    }
    return accountJson(await parts.accounts.setPhoto(sub, readPhoto(request.body)))
  })
  server.get('/admin/accounts/:sub/photo', async (request, reply) => {
    const photo = await parts.accounts.photo(subOf(request))
    if (photo === undefined) throw new CodedError({ code: 'photo_not_found', message: 'The account has no photo.', remedy: 'not_found' })
    return reply.type('image/jpeg').header('etag', `"${photo.sha256}"`).send(Buffer.from(photo.jpeg))
  })
  server.delete('/admin/accounts/:sub/photo', async (request, reply) => {
    await parts.accounts.setPhoto(subOf(request), null)
    return reply.code(204).send()
  })
}
