import { notFound } from '../problem-details.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { TypedApp } from '../typed-routes.ts'

/** RFC 9116: whom to tell of a vulnerability of this installation. Not there when nobody is named, or when it has run out. */
export function securityTxtRoute(app: TypedApp, { settings, clock }: HttpApiPorts): void {
  const path = '/.well-known/security.txt'
  app.get(path, { config: { open: true }, schema: { hide: true } }, async (request, reply) => {
    const named = settings.securityContact
    if (named === null || Date.parse(named.expires) <= clock.nowMs()) throw notFound(request)
    const lines = [
      ...named.contacts.map((contact) => `Contact: ${contact}`),
      `Expires: ${named.expires}`,
      'Preferred-Languages: en, de',
      `Canonical: ${settings.portalOrigin}${path}`,
      ...(named.policy === null ? [] : [`Policy: ${named.policy}`]),
    ]
    return reply
      .type('text/plain; charset=utf-8')
      .serializer(String)
      .send(`${lines.join('\n')}\n`)
  })
}
