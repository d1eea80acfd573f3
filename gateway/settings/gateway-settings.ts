import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { limitSettingsSchema } from './limit-settings.ts'
import { securityContactSchema } from './security-contact.ts'

/** How long a decision stays in the log. */
const decisionDays = 400
/** How long a request for a grant stays after its answer. What was asked and answered stays in the ledger. */
const grantRequestDays = 400

const filePath = z.string().min(1).refine(isAbsolute, 'must be an absolute path')
const port = z.int().min(0).max(65_535)
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const domain = z
  .string()
  .max(253)
  .regex(new RegExp(`^${label}(?:\\.${label})*$`), 'must be a domain name in lower case without a dot at the end')
  .refine((name) => isIP(name) === 0, 'must be a name, not an address')
/** Scheme, host and port of a web address, as a browser writes them. */
const origin = z
  .string()
  .refine(
    (text) => /^https?:/.test(text) && URL.parse(text)?.origin === text,
    'must be http(s)://host[:port], in lower case, without anything behind',
  )
const listener = z.strictObject({ host: z.string().min(1).default('127.0.0.1'), port })

/** `gateway.json`. Times in seconds, paths absolute. */
export const gatewaySettingsSchema = z.strictObject({
  /** Database, authority, keys. Only the gateway's own user may read it. */
  dataDir: filePath,
  /** Name of the service organisation, as operators read it. */
  organisation: z.string().trim().min(1).max(100),
  /** Host part of SPIFFE ids, audience of approvals; never changed after the first device enrolled. */
  trustDomain: domain,
  /** Where browsers find the portal: scheme, host and port, no path. */
  portalOrigin: origin,
  /** Machines' pages live on `<service>-<label>.<this>`: another site than the portal's. */
  accessDomain: domain,
  /** The public listener. Without `tls` it speaks plain HTTP: only in the demo, or on loopback behind a TLS front of one's own. */
  public: listener.extend({
    tls: z.strictObject({ certFile: filePath, keyFile: filePath }).nullable().default(null),
    /** The TLS front says in `X-Forwarded-For` who connected to it. Whoever else can reach the port could say anything: only on loopback. */
    trustForwardedFor: z.boolean().default(false),
  }),
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
    /** `acr_values` for whoever signs in again because policy wants more: what this provider calls a second factor, the best first. */
    stepUpAcrValues: z
      .array(z.string().regex(/^[\x21-\x7e]{1,200}$/, 'printable characters without a space'))
      .max(10)
      .default([]),
  }),
  pagesDir: filePath,
  /** Machines' pages are recorded for the operator to watch. His own settings may say no. */
  mirror: z.boolean().default(true),
  /** Machines' pages open with the technician's bar around them. False where the access domain is in the Public Suffix List: their cookies would not work. */
  bar: z.boolean().default(true),
  policiesDir: filePath,
  policy: z
    .strictObject({
      /** Somebody else than its author approves a policy before it decides. Null: yes, but not in the demo. */
      fourEyes: z.boolean().nullable().default(null),
    })
    .prefault({}),
  /** How long a session survives without its tunnel. */
  gracePeriodS: z.int().min(0).max(600).default(60),
  /** How long the operator has for an answer. */
  requestTimeoutS: z.int().min(10).max(600).default(60),
  signIn: z
    .strictObject({ lifetimeS: z.int().min(300).max(86_400), idleS: z.int().min(60).max(86_400) })
    .default({ lifetimeS: 10 * 3600, idleS: 2 * 3600 }),
  limits: limitSettingsSchema,
  /** The database itself keeps a decision for 30 days. */
  retention: z
    .strictObject({
      decisionDays: z.int().min(30).max(3_650).default(decisionDays),
      grantRequestDays: z.int().min(1).max(3_650).default(grantRequestDays),
    })
    .prefault({}),
  securityContact: securityContactSchema.nullable().default(null),
  /** A person compares a code between the machine's panel and the portal before its first certificate is issued. */
  compareEnrolmentCode: z.boolean().default(false),
  deviceCertificateDays: z.int().min(1).max(825).default(90),
  /** A machine that was away for longer than its certificate was good renews it by itself within so many days; later, or with 0, an administrator confirms it. */
  lateRenewalDays: z.int().min(0).max(3_650).default(180),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  demo: z.boolean().default(false),
})

export type GatewaySettings = Readonly<z.infer<typeof gatewaySettingsSchema>>
