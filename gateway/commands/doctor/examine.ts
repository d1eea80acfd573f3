import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../../basics/coded-error.ts'
import { isDatabaseInUse } from '../../database/database-lock.ts'
import { loadShippedPolicy } from '../../policies-admin/load-shipped-policy.ts'
import type { GatewaySettings } from '../../settings/gateway-settings.ts'
import { readSettings } from '../../settings/read-settings.ts'
import { checkAuthority } from './check-authority.ts'
import { checkCertificate } from './check-certificate.ts'
import { checkData } from './check-data.ts'
import { checkNames } from './check-names.ts'
import { checkPort } from './check-ports.ts'
import { checkSocket } from './check-socket.ts'
import { failed, ok, type Finding } from './finding.ts'

export interface Examination {
  /** `gateway.json`. */
  readonly config: string
  readonly environment: NodeJS.ProcessEnv
  readonly nowMs: number
}

/** Looks at everything that an installation needs, and changes nothing. Never throws: what cannot be looked at is a finding. */
export async function examine({ config, environment, nowMs }: Examination): Promise<readonly Finding[]> {
  const node = checkNode()
  let settings: GatewaySettings
  try {
    settings = readSettings(config, environment)
  } catch (error) {
    return [node, failed('settings', messageOf(error), 'Mend what it names; every other check needs the settings.')]
  }
  const runs = gatewayRuns(settings)
  const { public: front, tunnel, est, identityProvider } = settings
  const host = (url: string): string => new URL(url).hostname
  const names = [host(settings.portalOrigin), host(identityProvider.issuer), `x.${settings.accessDomain}`]
  const { tls } = front
  return [
    node,
    ok('settings', `${config} has no errors.`),
    ok('gateway', runs ? 'It runs.' : 'It does not run now.'),
    ...(await checkData(settings.dataDir)),
    await checkAuthority(settings.dataDir, nowMs),
    ...(tls === null ? [] : [await checkCertificate({ ...tls, names, nowMs })]),
    await checkNames([...new Set([...names, ...tunnel.names])]),
    await checkPort({ name: 'public', ...front }, runs),
    await checkPort({ name: 'tunnel', ...tunnel }, runs),
    await checkPort({ name: 'est', ...est }, runs),
    !runs && identityProvider.startWith !== null
      ? ok('identity provider', 'It starts with the gateway.')
      : await checkSocket(identityProvider.socket, runs),
    await checkPolicy(settings.policiesDir),
  ]
}

function checkNode(): Finding {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { engines: { node: string } }
  const [least = ''] = /[\d.]+/.exec(manifest.engines.node) ?? []
  const here = process.versions.node
  if (here.localeCompare(least, 'en', { numeric: true }) >= 0) return ok('node', `Node ${here}.`)
  return failed('node', `Node ${here} is too old.`, `Install Node ${least} or newer.`)
}

/** A lock of the operating system says so: it cannot be stale. */
function gatewayRuns(settings: GatewaySettings): boolean {
  try {
    return isDatabaseInUse(join(settings.dataDir, 'gateway.sqlite'))
  } catch {
    // A file of another user's, which is told with the folder that it lies in.
    return false
  }
}

async function checkPolicy(directory: string): Promise<Finding> {
  try {
    const { revision } = await loadShippedPolicy(directory)
    return ok('policy', `Revision ${revision.slice(0, 19)} is whole.`)
  } catch (error) {
    return failed('policy', messageOf(error), 'Without a policy nobody gets in.')
  }
}

const messageOf = (error: unknown): string => (error instanceof CodedError ? error.message : String(error))
