import { existsSync } from 'node:fs'
import { lstat, mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { CodedError } from '../basics/coded-error.ts'
import type { Random } from '../basics/random.ts'
import { openClientKey } from '../sign-in/client-key.ts'
import { parseSettings } from '../settings/read-settings.ts'
import type { GatewaySettings } from '../settings/gateway-settings.ts'

export interface InstallationPlan {
  readonly dataDir: string
  readonly organisation: string
  readonly portalOrigin: string
  readonly issuer: string
  readonly accessDomain: string
  readonly trustDomain: string
  readonly tunnelNames: readonly string[]
  readonly public: {
    readonly host: string
    readonly port: number
    readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  }
  readonly tunnel: { readonly host: string; readonly port: number }
  readonly est: { readonly host: string; readonly port: number }
  readonly demo: boolean
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

export interface Installation {
  readonly settings: GatewaySettings
  readonly gatewayFile: string
  readonly idpFile: string
}

/** The folder that holds `gateway/`, `policies/` and the built pages: a clone, or an installed release. */
const home = fileURLToPath(new URL('../..', import.meta.url))

interface Planned {
  /** What goes into `gateway.json`. */
  readonly gateway: object
  readonly settings: GatewaySettings
}

/** The settings as they would be; nothing is written. @throws CodedError `settings_invalid`, `pages_missing` */
export function plannedSettings(plan: InstallationPlan): Planned {
  const dataDir = resolve(plan.dataDir)
  const run = socketDirectory(dataDir)
  const gateway = {
    dataDir: join(dataDir, 'gateway'),
    organisation: plan.organisation,
    trustDomain: plan.trustDomain,
    portalOrigin: plan.portalOrigin,
    accessDomain: plan.accessDomain,
    public: plan.public,
    tunnel: { ...plan.tunnel, names: [...plan.tunnelNames] },
    est: plan.est,
    identityProvider: {
      issuer: plan.issuer,
      clientId: 'sallyport-gateway',
      socket: join(run, 'idp.sock'),
      adminSocket: join(run, 'idp-admin.sock'),
      adminTokenFile: join(dataDir, 'idp-admin-token'),
      startWith: join(dataDir, 'idp.json'),
    },
    pagesDir: pagesDirectory(),
    policiesDir: join(home, 'policies'),
    demo: plan.demo,
    logLevel: plan.logLevel,
  }
  return { gateway, settings: parseSettings(gateway, {}, join(dataDir, 'gateway.json')) }
}

/** Writes the settings of gateway and identity provider, the token between them and the client's key. The settings are checked before anything is written. */
export async function writeInstallation(plan: InstallationPlan, random: Random): Promise<Installation> {
  const { gateway, settings } = plannedSettings(plan)
  const dataDir = resolve(plan.dataDir)
  const idpDir = join(dataDir, 'idp')
  const gatewayFile = join(dataDir, 'gateway.json')
  const idpFile = join(dataDir, 'idp.json')
  const tokenFile = settings.identityProvider.adminTokenFile
  await makePrivateFolder(dirname(settings.identityProvider.socket))
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 })
  await mkdir(idpDir, { recursive: true, mode: 0o700 })
  const { publicJwk } = await openClientKey(settings.dataDir)
  await writeFile(tokenFile, random.token(32), { mode: 0o600 })
  const idp = {
    issuer: plan.issuer,
    dataDir: idpDir,
    listen: { socket: settings.identityProvider.socket },
    trustedProxy: true,
    admin: { socket: settings.identityProvider.adminSocket, tokenFile },
    clients: [
      {
        client_id: settings.identityProvider.clientId,
        client_name: 'Sallyport',
        client_uri: plan.portalOrigin,
        jwks: { keys: [publicJwk] },
        redirect_uris: [`${plan.portalOrigin}/auth/callback`],
        post_logout_redirect_uris: [`${plan.portalOrigin}/signed-out`],
        firstParty: true,
      },
    ],
    demo: plan.demo,
    logLevel: plan.logLevel,
  }
  await writeFile(idpFile, `${JSON.stringify(idp, null, 2)}\n`, { mode: 0o600 })
  await writeFile(gatewayFile, `${JSON.stringify(gateway, null, 2)}\n`, { mode: 0o600 })
  return { settings, gatewayFile, idpFile }
}

/** The address of a Unix socket has room for 107 bytes (unix(7)); data in a deep folder needs a shorter place. */
export function socketDirectory(dataDir: string): string {
  const beside = join(dataDir, 'run')
  const short = join(tmpdir(), `sallyport-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`)
  return join(beside, 'idp-admin.sock').length <= 100 ? beside : short
}

/** A folder of somebody else, who knew its name before, could give us his socket for the provider's. */
async function makePrivateFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const { uid, mode } = await lstat(directory)
  const me = process.getuid?.()
  if (me === undefined || (uid === me && (mode & 0o077) === 0)) return
  throw new CodedError({
    code: 'folder_not_private',
    message: `${directory} must belong to the user that runs this program, and to nobody else (mode 0700). Remove it or name another data folder.`,
    remedy: 'fix',
  })
}

function pagesDirectory(): string {
  const directory = join(home, 'dist', 'pages', 'portal')
  if (existsSync(join(directory, 'index.html'))) return directory
  throw new CodedError({ code: 'pages_missing', message: `The pages are not built (${directory}). Run: npm run demo`, remedy: 'fix' })
}
