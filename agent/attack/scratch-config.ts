import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '../basics/random.ts'
import { spiffeIdOf } from '../enrolment/stored-credential.ts'
import { hashPin } from '../operators/pin-hash.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import type { ServiceKind } from '../wire/agent-api.ts'
import { operatorName } from './panel-operator.ts'
import type { ThrowawayAuthority } from './throwaway-authority.ts'

/** Services that every attacked agent has beside its own, so that each attack finds what it needs. */
export const attackServices = { web: 'attack-web', bytes: 'attack-bytes', other: 'attack-other' } as const
const kinds: Readonly<Record<string, ServiceKind>> = { 'attack-web': 'http', 'attack-bytes': 'tcp', 'attack-other': 'tcp' }
const mostServices = 64

export interface ScratchConfig {
  readonly file: string
  readonly stateDir: string
}

/** Names and kinds of what the agent will offer: the customer's own services, and ours. */
export function scratchServices(settings: AgentSettings): ReadonlyMap<string, ServiceKind> {
  const own = [...settings.services.values()]
    .slice(0, mostServices - Object.keys(kinds).length)
    .map(({ name, kind }) => [name, kind] as const)
  return new Map([...own, ...Object.entries(kinds)])
}

export interface ScratchOptions {
  readonly settings: AgentSettings
  readonly folder: string
  readonly authority: ThrowawayAuthority
  readonly gatewayPort: number
  /** Where the witness stands, by name of the service. */
  readonly targets: ReadonlyMap<string, number>
  readonly pin: string
  readonly random: Random
  readonly panelPort?: number
}

/** The customer's configuration with everything taken out that leads anywhere: gateway, proxy, services, state, operators and enrolment are ours. */
export async function writeScratchConfig(options: ScratchOptions): Promise<ScratchConfig> {
  const { settings, folder, authority, targets } = options
  const stateDir = join(folder, 'state')
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const device = authority.device(spiffeIdOf(settings), settings.keyType)
  await writeFile(join(stateDir, 'device.key'), device.key, { mode: 0o600 })
  await writeFile(join(stateDir, 'device.crt'), device.cert, { mode: 0o600 })
  await writeFile(join(folder, 'ca.pem'), authority.rootPem)
  const services = [...scratchServices(settings)].map(([name, kind]) => {
    const own = settings.services.get(name)
    return [
      name,
      { kind, target: `127.0.0.1:${targets.get(name)}`, ...(own === undefined ? {} : { title: own.title, maxStreams: own.maxStreams }) },
    ]
  })
  const config = {
    gateway: {
      tunnel: `localhost:${options.gatewayPort}`,
      est: 'https://localhost:1',
      caFile: 'ca.pem',
      trustDomain: settings.gateway.trustDomain,
    },
    device: settings.device,
    keyType: settings.keyType,
    stateDir,
    panel: { port: options.panelPort ?? 0, host: settings.panel.host, pagesDir: settings.panel.pagesDir },
    operators: [{ name: operatorName, pin: await hashPin(options.pin, options.random), mayLoosen: true }],
    remoteService: 'on',
    mirror: settings.mirror ? 'on' : 'off',
    requestTimeoutS: settings.requestTimeoutS,
    // Without a browser at the panel an end by its loss would come before many an attack.
    losses: { ...settings.losses, panel: 'go_on' },
    services: Object.fromEntries(services),
    logLevel: 'warn',
  }
  const file = join(folder, 'agent.json')
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 })
  return { file, stateDir }
}
