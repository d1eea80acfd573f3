import { isAbsolute } from 'node:path'
import { getDomain } from 'tldts'
import { z } from 'zod'

const filePath = z.string().min(1).refine(isAbsolute, 'must be an absolute path')
const port = z.int().min(0).max(65_535)
const domain = z
  .string()
  .max(253)
  .regex(/^(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/, 'must be a domain name in lower case without a dot at the end')
const listener = z.strictObject({ host: z.string().min(1).default('127.0.0.1'), port })

/** `gateway.json`. Times in seconds, paths absolute. */
const shape = z.strictObject({
  /** Database, authority, keys. Only the gateway's own user may read it. */
  dataDir: filePath,
  /** Name of the service organisation, as operators read it. */
  organisation: z.string().trim().min(1).max(100),
  /** Host part of SPIFFE ids, audience of approvals; never changed after the first device enrolled. */
  trustDomain: domain,
  /** Where browsers find the portal: scheme, host and port, no path. */
  portalOrigin: z.url().refine((url) => new URL(url).origin === url, 'must be scheme, host and port alone, without a slash at the end'),
  /** Machines' pages live on `<service>-<label>.<this>`: another site than the portal's. */
  accessDomain: domain,
  /** The public listener. Without `tls` it speaks plain HTTP: only in the demo, or on loopback behind a TLS front of one's own. */
  public: listener.extend({ tls: z.strictObject({ certFile: filePath, keyFile: filePath }).nullable().default(null) }),
  tunnel: listener.extend({ names: z.array(z.string().min(1).max(253)).min(1) }),
  est: listener,
  identityProvider: z.strictObject({
    issuer: z.url(),
    clientId: z.string().min(1).default('sallyport-gateway'),
    /** Our own idp beside us: its public socket, its admin socket and the file with the admin token. */
    socket: filePath,
    adminSocket: filePath,
    adminTokenFile: filePath,
    /** Starts `idp` as a child with this settings file; null when something else starts it. */
    startWith: filePath.nullable().default(null),
  }),
  pagesDir: filePath,
  policiesDir: filePath,
  /** How long a session survives without its tunnel. */
  gracePeriodS: z.int().min(0).max(600).default(60),
  /** How long the operator has for an answer. */
  requestTimeoutS: z.int().min(10).max(600).default(60),
  signIn: z
    .strictObject({ lifetimeS: z.int().min(300).max(86_400), idleS: z.int().min(60).max(86_400) })
    .default({ lifetimeS: 10 * 3600, idleS: 2 * 3600 }),
  deviceCertificateDays: z.int().min(1).max(825).default(90),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  demo: z.boolean().default(false),
})

export type GatewaySettings = Readonly<z.infer<typeof shape>>

/** Rules that join several fields are checked together with the fields, so that all problems come at once. */
export const gatewaySettingsSchema = shape.check(({ value, issues }) => {
  const problem = (path: (string | number)[], message: string): void => void issues.push({ code: 'custom', path, message, input: value })
  const portal = URL.parse(value.portalOrigin)
  const issuer = URL.parse(value.identityProvider.issuer)
  if (portal === null || issuer === null) return
  if (sameSite(portal.hostname, value.accessDomain)) {
    problem(
      ['accessDomain'],
      `must be of another registrable domain than the portal (${portal.hostname}): scripts of machines can set cookies for their whole site`,
    )
  }
  if (portal.host === issuer.host) problem(['identityProvider', 'issuer'], 'must have a host name of its own')
  if (value.demo) {
    if (!portal.hostname.endsWith('.localhost')) problem(['demo'], 'is for *.localhost names on this machine only')
    return
  }
  if (portal.protocol !== 'https:') problem(['portalOrigin'], 'must be https://...')
  if (issuer.protocol !== 'https:') problem(['identityProvider', 'issuer'], 'must be https://...')
  const loopback = value.public.host === '127.0.0.1' || value.public.host === '::1'
  if (value.public.tls === null && !loopback)
    problem(['public', 'tls'], 'is missing: give certFile and keyFile, or listen on 127.0.0.1 behind a TLS front')
})

/**
 * Whether two names can set cookies for each other: the same registrable domain by the public suffix list, its private part included (two
 * tenants of one hosting domain are apart). Under `.localhost` every label is a site. A name that the list cannot place counts as one site
 * with everything it ends or is ended by, so that a mistake closes.
 */
function sameSite(a: string, b: string): boolean {
  if (a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)) return true
  return siteOf(a) === siteOf(b)
}

const siteOf = (name: string): string =>
  name.endsWith('.localhost') ? name.split('.').slice(-2).join('.') : (getDomain(name, { allowPrivateDomains: true }) ?? name)
