import { isIP } from 'node:net'
import { z } from 'zod'
import { portsCollide, sharesPort } from './one-port.ts'
import { isShared, sameSite } from './same-site.ts'

interface SettingsProblem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const listener = { host: z.string().catch('127.0.0.1'), port: z.number().catch(0) }

/** What the rules that join several fields read; any of it may be missing or of another type, since they are checked together with the fields. */
const joined = z.object({
  portalOrigin: z.string().catch(''),
  accessDomain: z.string().catch(''),
  demo: z.boolean().catch(false),
  public: z
    .object({ ...listener, tls: z.unknown().optional(), trustForwardedFor: z.boolean().catch(false) })
    .catch({ host: '127.0.0.1', port: 0, tls: null, trustForwardedFor: false }),
  tunnel: z.object({ ...listener, names: z.array(z.string()).catch([]) }).catch({ host: '127.0.0.1', port: 0, names: [] }),
  est: z.object(listener).catch({ host: '127.0.0.1', port: 0 }),
  identityProvider: z.object({ issuer: z.string().catch('') }).catch({ issuer: '' }),
})

/** Rules that join several fields, on whatever is there: so that all problems come at once, also those beside a wrong type elsewhere. */
export function joinedProblems(value: unknown): SettingsProblem[] {
  const parsed = joined.safeParse(value)
  if (!parsed.success) return []
  const { accessDomain, demo, public: front, tunnel } = parsed.data
  const portal = URL.parse(parsed.data.portalOrigin)
  const issuer = URL.parse(parsed.data.identityProvider.issuer)
  const nameOf = (url: URL | null): string | null => (url === null || isIP(url.hostname.replaceAll(/[[\]]/g, '')) > 0 ? null : url.hostname)
  const https = (url: URL | null): boolean => demo || url === null || url.protocol === 'https:'
  const loopback = front.host === '127.0.0.1' || front.host === '::1'
  const oneForAll = sharesPort(parsed.data)
  const portalName = nameOf(portal)
  const issuerName = nameOf(issuer)
  const rules: readonly (readonly [readonly PropertyKey[], string, boolean])[] = [
    [['portalOrigin'], 'must have a name, not an address: sign-in has a name beside it', portal !== null && portalName === null],
    [['portalOrigin'], 'must be https://...', !https(portal)],
    [
      ['accessDomain'],
      `must be of another registrable domain than the portal (${portalName}): scripts of machines can set cookies for their whole site`,
      portalName !== null && sameSite(portalName, accessDomain),
    ],
    [['accessDomain'], 'must be a domain of your own, not one that others share', accessDomain !== '' && isShared(accessDomain)],
    [['identityProvider', 'issuer'], 'must have a host name of its own', portal !== null && portal.host === issuer?.host],
    [
      ['identityProvider', 'issuer'],
      'must be of another registrable domain than the machines (accessDomain)',
      issuerName !== null && sameSite(issuerName, accessDomain),
    ],
    [['identityProvider', 'issuer'], 'must be https://...', !https(issuer)],
    [['identityProvider', 'issuer'], 'must have no query and no fragment', issuer !== null && /[?#]/.test(issuer.href)],
    [['demo'], 'is for *.localhost names on this machine only', demo && portalName?.endsWith('.localhost') !== true],
    [
      ['public', 'tls'],
      'is missing: give certFile and keyFile, or listen on 127.0.0.1 behind a TLS front',
      !demo && !loopback && (front.tls ?? null) === null,
    ],
    [
      ['tunnel', 'port'],
      'collides with another port: give each of public, tunnel and est its own, or all three the same host and port',
      portsCollide(parsed.data),
    ],
    [
      ['public', 'tls'],
      'is missing: where one port serves browsers and machines, TLS ends here',
      oneForAll && (front.tls ?? null) === null,
    ],
    [
      ['tunnel', 'names'],
      'must not be names of the portal, of sign-in or of machines’ pages: on one port the name tells who is meant',
      oneForAll && tunnel.names.some((name) => name === portalName || name === issuerName || `.${name}`.endsWith(`.${accessDomain}`)),
    ],
    [
      ['public', 'trustForwardedFor'],
      'is for a TLS front on this machine: listen on 127.0.0.1 without tls',
      front.trustForwardedFor && (!loopback || (front.tls ?? null) !== null),
    ],
  ]
  return rules.flatMap(([path, message, broken]) => (broken ? [{ path, message }] : []))
}
