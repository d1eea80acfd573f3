import type { FastifyRequest } from 'fastify'
import { CodedError } from '../../basics/coded-error.ts'
import { allowCommandLine, signInCommandLine } from '../../sign-in/command-line.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { allowCommandLine as allowSchema, commandLineAllowed, commandLineToken, redeemCommandLine } from '../contract/command-lines.ts'
import { requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'

/** What only browsers send: whoever does is a page that made one ask. */
const browserHeaders = ['origin', 'cookie', 'sec-fetch-site'] as const

async function refuseBrowsers(request: FastifyRequest): Promise<void> {
  if (browserHeaders.every((name) => request.headers[name] === undefined)) return
  throw new CodedError({ code: 'cross_site', message: 'Only a command line redeems a code, never a page.', remedy: 'forbidden' })
}

/** `sallyport login`: the browser that is signed in allows it, the command line redeems the code (RFC 8252 with PKCE). */
export function commandLineRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const tags = ['command lines']

  app.post(
    '/api/v1/command-lines',
    {
      onRequest: requireSignIn(ports),
      schema: { tags, summary: 'Let a command line act for me', body: allowSchema, response: { 201: commandLineAllowed } },
    },
    async (request, reply) => {
      const signedIn = whoAsks(request)
      if (signedIn.signIn.client !== 'browser') {
        throw new CodedError({
          code: 'not_a_browser',
          message: 'Allow it in a browser that is signed in at the portal.',
          remedy: 'forbidden',
        })
      }
      return reply.code(201).send({ code: await allowCommandLine(ports.signIns, signedIn, request.body.code_challenge) })
    },
  )

  app.post(
    '/api/v1/command-lines/token',
    {
      config: { open: true },
      preHandler: refuseBrowsers,
      schema: { tags, summary: 'A command line’s token for its code', body: redeemCommandLine, response: { 200: commandLineToken } },
    },
    async (request) => {
      const { code, code_verifier } = request.body
      const { token, expiresAt, person } = await signInCommandLine(ports.signIns, {
        code,
        codeVerifier: code_verifier,
        address: request.ip,
      })
      return { token, expires_at: expiresAt, person: { id: person.id, name: person.name } }
    },
  )
}
