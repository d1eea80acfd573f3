import type { RouteOptions } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { problem } from './contract/building-blocks.ts'
import { asksForBrowser, asksForSignIn } from './signed-in.ts'

export const securitySchemes = {
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-sallyport',
    description: 'Set by signing in at /auth/sign-in',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'Of a command line: POST /api/v1/command-lines/token' },
  csrf: { type: 'apiKey', in: 'header', name: 'sallyport-csrf', description: 'Where something changes: `csrf_token` of /api/v1/me' },
} as const

/** The answers that any route can give; OpenAPI names them once. */
export function addProblems(route: RouteOptions): void {
  if (!route.url.startsWith('/api/') || route.schema === undefined || route.schema.hide === true) return
  const media = { 'application/problem+json': { schema: problem } }
  route.schema.response = {
    ...(route.schema.response as object),
    '4xx': { description: 'Refused (RFC 9457)', content: media },
    '5xx': { description: 'Failed on our side (RFC 9457)', content: media },
  }
}

type Transform = typeof jsonSchemaTransform

/** What OpenAPI says of a route beyond its schemas: who may call it. */
export const describeRoute: Transform = (input) => {
  const described = jsonSchemaTransform(input)
  const route = input.route
  if (!asksForSignIn(route)) return described
  const browser: Record<string, string[]> = route.method === 'GET' ? { cookie: [] } : { cookie: [], csrf: [] }
  return { ...described, schema: { ...described.schema, security: asksForBrowser(route) ? [browser] : [browser, { bearer: [] }] } }
}
