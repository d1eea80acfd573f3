import { acceptUndertaking } from '../../people/accept-undertaking.ts'
import { endSessionsOf } from '../../sessions/end-sessions-of.ts'
import { endSignIn } from '../../sign-in/end-sign-in.ts'
import { isSignedInAnywhere } from '../../sign-in/is-signed-in-anywhere.ts'
import { csrfToken } from '../../sign-in/sign-in-room.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { acceptUndertaking as acceptSchema, me, signedOut, undertaking } from '../contract/me.ts'
import { cookieOnce, cookieOptions, portalCookie, requireSignIn, whoAsks } from '../signed-in.ts'
import type { SignIn } from '../../sign-in/sign-in-store.ts'
import type { SignedIn } from '../../sign-in/who-is-signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { photoUrlOf } from '../views/present-person.ts'

export function meRoutes(app: TypedApp, ports: HttpApiPorts, onSignedOut: (signIn: SignIn) => void): void {
  const onRequest = requireSignIn(ports)
  /** Where no policy is left, none asks for another version than was signed. */
  const requiredOf = ({ undertaking: signed }: SignedIn['person']): string =>
    (ports.policies.active === null ? signed?.version : undefined) ?? ports.settings.undertaking.version
  const present = async ({ person, signIn }: SignedIn, token: string) => ({
    id: person.id,
    name: person.name,
    username: person.username,
    organisation: { id: person.organisationId, name: await ports.sessions.organisationName(person.organisationId) },
    roles: [...person.roles],
    photo_url: photoUrlOf(person),
    undertaking: { required_version: requiredOf(person), accepted_version: person.undertaking?.version ?? null },
    signed_in_until: signIn.expiresAt,
    authentication: { methods: [...signIn.methods], time: signIn.authenticatedAt },
    demo: ports.settings.demo !== null,
    csrf_token: csrfToken(token),
  })

  app.get('/api/v1/me', { onRequest, schema: { tags: ['me'], summary: 'Who is signed in', response: { 200: me } } }, async (request) =>
    present(whoAsks(request), cookieOnce(request, portalCookie) ?? ''),
  )

  app.get(
    '/api/v1/undertaking',
    {
      onRequest,
      schema: { tags: ['me'], summary: 'The undertaking to read and sign before the first access', response: { 200: undertaking } },
    },
    () => ports.settings.undertaking,
  )

  app.post(
    '/api/v1/me/undertaking',
    { onRequest, schema: { tags: ['me'], summary: 'Sign the undertaking', body: acceptSchema, response: { 200: me } } },
    async (request) => {
      const signedIn = whoAsks(request)
      const person = await acceptUndertaking(ports.people, signedIn.person, request.body.version, ports.settings.undertaking.version)
      return present({ ...signedIn, person }, cookieOnce(request, portalCookie) ?? '')
    },
  )

  app.post(
    '/api/v1/sign-out',
    {
      onRequest,
      schema: {
        tags: ['me'],
        summary: 'Sign out here and at the identity provider; the last sign-in ends the person’s sessions too',
        response: { 200: signedOut },
      },
    },
    async (request, reply) => {
      const signedIn = whoAsks(request)
      // Signed out here, also where the provider does not answer.
      reply.clearCookie(portalCookie, cookieOptions)
      try {
        return { redirect: (await endSignIn(ports.signIns, signedIn)).href }
      } finally {
        onSignedOut(signedIn.signIn)
        if (!(await isSignedInAnywhere(ports.signIns, signedIn.person.id))) await endSessionsOf(ports.sessions, signedIn.person)
      }
    },
  )
}
