import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { CodedError, type FieldProblem } from '../basics/coded-error.ts'
import { newPerson } from '../http-api/contract/administration.ts'
import { plannedSettings, type InstallationPlan } from './write-installation.ts'

export interface InitOptions {
  readonly data: string
  readonly organisation: string
  readonly portal: string
  readonly issuer?: string
  readonly accessDomain: string
  readonly tunnelName?: string
  readonly onePort: boolean
  readonly cert?: string
  readonly key?: string
  readonly host: string
  readonly adminName: string
  readonly adminUsername: string
  readonly json: boolean
}

/** Which option stands behind a setting. */
const optionOf: Readonly<Record<string, string>> = {
  portalOrigin: '--portal',
  trustDomain: '--portal',
  'identityProvider.issuer': '--issuer',
  accessDomain: '--access-domain',
  organisation: '--organisation',
  'tunnel.names': '--tunnel-name',
  'tunnel.names.0': '--tunnel-name',
  'tunnel.host': '--host',
  'est.host': '--host',
  'public.host': '--host',
  'public.tls': '--cert',
}

/** Where the address of the portal is wrong, everything else is checked with this one. */
const somePortal = new URL('https://sallyport.invalid')

/**
 * What `init` is to make. Nothing is written; every value that cannot be is named with its option, all at once.
 *
 * @throws CodedError `usage`
 */
export function planInstallation(options: InitOptions): InstallationPlan {
  const given = URL.parse(options.portal)
  const plan = planOf(options, given !== null && given.hostname !== '' ? given : somePortal)
  const problems = [
    ...portalProblems(options.portal, given),
    ...settingsProblems(plan),
    ...certificateProblems(options),
    ...accountProblems(options),
  ]
  if (problems.length === 0) return plan
  const unique = new Map(problems.map((problem) => [`${problem.path}: ${problem.message}`, problem]))
  throw new CodedError({
    code: 'usage',
    message: `${[...unique.keys()].join('\n           ')}\nNothing was written.`,
    remedy: 'fix',
    problems: [...unique.values()],
  })
}

function planOf(options: InitOptions, portal: URL): InstallationPlan {
  const { cert, key, host } = options
  const tls = cert === undefined || key === undefined ? null : { certFile: resolve(cert), keyFile: resolve(key) }
  const front = { host: tls === null ? '127.0.0.1' : host, port: tls === null ? 8080 : Number(portal.port) || 443 }
  return {
    dataDir: options.data,
    organisation: options.organisation,
    portalOrigin: portal.origin,
    issuer: options.issuer ?? `${portal.protocol}//id.${portal.host}`,
    accessDomain: options.accessDomain,
    trustDomain: portal.hostname,
    tunnelNames: [options.tunnelName ?? portal.hostname],
    public: { ...front, tls },
    tunnel: options.onePort ? front : { host, port: 7443 },
    est: options.onePort ? front : { host, port: 7444 },
    demo: false,
    logLevel: 'info',
  }
}

function portalProblems(text: string, portal: URL | null): FieldProblem[] {
  if (portal === null) return [{ path: '--portal', message: `${text} is no address like https://sallyport.example.com` }]
  const more = portal.pathname !== '/' || portal.search !== '' || portal.hash !== '' || portal.username !== ''
  return more ? [{ path: '--portal', message: 'must be scheme, host and port alone: the portal has a host of its own' }] : []
}

function settingsProblems(plan: InstallationPlan): FieldProblem[] {
  try {
    plannedSettings(plan)
    return []
  } catch (error) {
    if (!(error instanceof CodedError) || error.problems.length === 0) throw error
    return error.problems.map(({ path, message }) => ({ path: optionOf[path] ?? path, message }))
  }
}

/** The certificate is tried now: the first start would be too late to learn that it does not fit. */
function certificateProblems({ cert, key }: InitOptions): FieldProblem[] {
  if (cert === undefined && key === undefined) return []
  if (cert === undefined || key === undefined)
    return [{ path: cert === undefined ? '--cert' : '--key', message: 'is missing: both or neither' }]
  const certificate = read('--cert', cert)
  const privateKey = read('--key', key)
  if (typeof certificate !== 'string' || typeof privateKey !== 'string') {
    return [certificate, privateKey].filter((file) => typeof file !== 'string')
  }
  try {
    createSecureContext({ cert: certificate, key: privateKey })
    return []
  } catch (error) {
    return [{ path: '--cert, --key', message: `cannot be used together (${error instanceof Error ? error.message : String(error)})` }]
  }
}

function read(path: string, file: string): string | FieldProblem {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return { path, message: `${file} cannot be read (${(error as NodeJS.ErrnoException).code})` }
  }
}

function accountProblems({ adminName, adminUsername }: InitOptions): FieldProblem[] {
  const { name, username } = newPerson.shape
  const check = (path: string, parsed: { readonly error?: { readonly issues: readonly { readonly message: string }[] } }): FieldProblem[] =>
    (parsed.error?.issues ?? []).map(({ message }) => ({ path, message }))
  return [...check('--admin-name', name.safeParse(adminName)), ...check('--admin-username', username.safeParse(adminUsername))]
}
