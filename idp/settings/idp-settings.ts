import { isAbsolute } from 'node:path'
import { z } from 'zod'

const filePath = z.string().min(1).refine(isAbsolute, 'must be an absolute path')

const listen = z.union([
  z.strictObject({ socket: filePath }),
  z.strictObject({
    host: z.string().min(1),
    port: z.int().min(0).max(65_535),
    /** Both missing only in the demo, over http. */
    certFile: filePath.optional(),
    keyFile: filePath.optional(),
  }),
])

const publicJwk = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().min(1),
  y: z.string().min(1),
  d: z.undefined('is private: give the public key only').optional(),
})

const client = z.strictObject({
  client_id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be lower-case letters, digits, dots, dashes or underscores'),
  /** What people read on the pages. */
  client_name: z.string().min(1).max(60).optional(),
  /** Where people go back to; the origin of the first redirect URI where it is missing. */
  client_uri: z.url().optional(),
  jwks: z.object({ keys: z.array(publicJwk).min(1) }),
  redirect_uris: z.array(z.url()).min(1),
  post_logout_redirect_uris: z.array(z.url()).default([]),
  /** Our own: no consent page, and no question at sign-out where the id token of the session is shown. */
  firstParty: z.boolean().default(false),
})

const shape = z.strictObject({
  issuer: z.url(),
  dataDir: filePath,
  listen,
  trustedProxy: z.boolean().default(false),
  admin: z.strictObject({ socket: filePath, tokenFile: filePath }),
  clients: z.array(client).min(1),
  /** Permissions of both sockets. 0660 lets the group of this process in, where the gateway runs as another user of that group. */
  socketMode: z.enum(['0600', '0660']).default('0600'),
  demo: z.boolean().default(false),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export type IdpSettings = Readonly<z.infer<typeof shape>>
export type ClientSettings = Readonly<z.infer<typeof client>>

const demoIssuer = /^http:\/\/id(\.[a-z0-9-]+)*\.localhost(:\d{1,5})?$/

/** The settings file. Rules that join several fields are checked together with the fields, so that all problems come at once. */
export const idpSettingsSchema = shape.check(({ value, issues }) => {
  const problem = (path: (string | number)[], message: string): void => void issues.push({ code: 'custom', path, message, input: value })
  const { issuer, demo, listen, trustedProxy, clients } = value
  if (/\/$|[?#]/.test(issuer)) problem(['issuer'], 'must end after host or path: no slash, query or fragment at the end')
  if (!issuer.startsWith('https://') && !(demo && demoIssuer.test(issuer))) {
    problem(['issuer'], demo ? 'must be https://... or, in the demo, http://id.<name>.localhost:<port>' : 'must be https://...')
  }
  if ('socket' in listen) {
    if (!trustedProxy) problem(['trustedProxy'], 'must be true behind a socket: the front there says who the client is')
  } else {
    if (trustedProxy) problem(['trustedProxy'], 'must be false with a port of its own: anybody could then say to be another address')
    const ownTls = listen.certFile !== undefined && listen.keyFile !== undefined
    if (issuer.startsWith('https://') && !ownTls) problem(['listen'], 'needs certFile and keyFile: the issuer is https')
  }
  clients.forEach(({ redirect_uris, post_logout_redirect_uris }, index) => {
    redirect_uris.forEach((uri, n) => checkRedirect(uri, demo, (message) => problem(['clients', index, 'redirect_uris', n], message)))
    post_logout_redirect_uris.forEach((uri, n) =>
      checkRedirect(uri, demo, (message) => problem(['clients', index, 'post_logout_redirect_uris', n], message)),
    )
  })
  if (new Set(clients.map(({ client_id }) => client_id)).size !== clients.length)
    problem(['clients'], 'must each have a client_id of its own')
})

function checkRedirect(uri: string, demo: boolean, problem: (message: string) => void): void {
  const url = URL.parse(uri)
  const local = demo && url?.protocol === 'http:' && url.hostname.endsWith('.localhost')
  if (url?.protocol !== 'https:' && !local) problem(demo ? 'must be https://..., or http://*.localhost in the demo' : 'must be https://...')
  if (uri.includes('*') || uri.includes('#')) problem('must be one exact address without * and #')
}
