import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { startChild, type BenchChild } from '../../bench/processes/ask-child.ts'
import type { LinkMoments } from './machines-entry.ts'
import { PanelClient } from '../../support/panel-client.ts'
import type { PortalClient } from '../../support/portal-client.ts'
import type { RunningInstallation } from '../../support/running-installation.ts'

/** One of many machines with an agent of its own. */
export interface SoakMachine {
  readonly id: string
  readonly stateDir: string
  /** Where it writes what reaches it. */
  readonly seen: string
  readonly webPort: number
  panel: PanelClient
  /** Ends the agent and starts it again on the same state; the tunnel is new and so is the panel's address. */
  restart(): Promise<void>
}

export interface SoakMachines extends AsyncDisposable {
  /** Of the process that they all live in. */
  readonly pid: number
  add(id: string, tunnelPort?: number): Promise<SoakMachine>
  /** What the link of each did. */
  links(): Promise<Readonly<Record<string, LinkMoments>>>
  backSince(sinceMs: number): Promise<number>
}

export const soakOperator = 'Olga Neumann'

/** Of the `agent.json` that the installation's own agent has. */
export interface WrittenGateway {
  readonly tunnel: string
  readonly est: string
  readonly caFile: string
  readonly trustDomain: string
}

export function startSoakMachines(
  installation: RunningInstallation,
  ada: PortalClient,
  written: { readonly gateway: WrittenGateway },
): SoakMachines {
  const child: BenchChild = startChild(new URL('machines-entry.ts', import.meta.url))
  return {
    pid: child.pid,
    links: () => child.ask('links'),
    backSince: (sinceMs) => child.ask('backSince', { sinceMs }),
    async add(id, tunnelPort) {
      const directory = join(installation.dataDir, 'soak', id)
      await mkdir(directory, { recursive: true })
      const seen = join(directory, 'seen.jsonl')
      const { web, raw } = await child.ask<{ web: number; raw: number }>('serve', { seen })
      const { gateway } = written
      const config = join(directory, 'agent.json')
      const settings = {
        gateway: tunnelPort === undefined ? gateway : { ...gateway, tunnel: `127.0.0.1:${tunnelPort}` },
        device: { id, name: id, site: 'Soak' },
        enrolment: { password: await register(ada, id) },
        stateDir: join(directory, 'state'),
        panel: { host: '127.0.0.1', port: 0 },
        remoteService: 'on',
        operators: [soakOperator],
        services: {
          hmi: { kind: 'http', target: `127.0.0.1:${web}`, title: 'Operating panel' },
          plc: { kind: 'tcp', target: `127.0.0.1:${raw}`, title: 'PLC' },
        },
        logLevel: 'silent',
      }
      await writeFile(config, JSON.stringify(settings), { mode: 0o600 })
      const start = async (): Promise<PanelClient> => {
        const { pairingUrl } = await child.ask<{ pairingUrl: string }>('start', { id, config })
        return PanelClient.pair(pairingUrl)
      }
      const machine: SoakMachine = {
        id,
        stateDir: settings.stateDir,
        seen,
        webPort: web,
        panel: await start(),
        async restart() {
          const sinceMs = performance.timeOrigin + performance.now()
          machine.panel = await start()
          await child.ask('connectedSince', { id, sinceMs })
        },
      }
      return machine
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

/** As the service administrator does; gives back the one-time password. */
async function register(ada: PortalClient, id: string): Promise<string> {
  const { organisation, region, country, time_zone, product_line, model } = (await ada.api<Device>('GET', '/api/v1/devices/press-7')).body
  const facts = { id, name: id, organisation: organisation.id, site: 'Soak', region, country, time_zone, product_line, model }
  const made = await ada.api<{ enrolment_password: string }>('POST', '/api/v1/devices', facts)
  if (made.status !== 201) throw new Error(`registering ${id} failed: ${made.status} ${JSON.stringify(made.body)}`)
  return made.body.enrolment_password
}
