import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ownFile } from '../../gateway/basics/own-file.ts'
import { startChild } from '../../gateway/commands/start-child.ts'
import type { Device } from '../../gateway/http-api/contract/administration.ts'
import { PanelClient } from './panel-client.ts'
import { PortalClient } from './portal-client.ts'
import type { RunningDemoProcess } from './running-demo.ts'
import { projectRoot } from './source-tree.ts'

/** A machine of a test's own beside those of the demo, with an agent in a process of its own. */
export interface OwnMachine extends AsyncDisposable {
  readonly id: string
  readonly panel: PanelClient
  /** The operator at its panel. */
  readonly operator: string
  readonly agentPid: number
  /** What the agent has logged so far. */
  log(): string
}

export interface OwnMachineOptions {
  readonly demo: RunningDemoProcess
  readonly id: string
  readonly name: string
  /** Address of each HTTP service, by its name. */
  readonly services: Readonly<Record<string, { readonly port: number; readonly title: string }>>
}

const operator = 'Olga Neumann'

/** Registers a machine as the service administrator does, then starts its agent with the one-time password. Resolves when it is connected. */
export async function startOwnMachine({ demo, id, name, services }: OwnMachineOptions): Promise<OwnMachine> {
  const { description } = demo
  const directory = join(demo.dataDir, `own-${id}-${randomUUID()}`)
  await mkdir(directory, { recursive: true })
  const settings = {
    gateway: {
      tunnel: description.tunnel,
      est: new URL(description.est).origin,
      caFile: description.ca,
      trustDomain: 'demo.sallyport.localhost',
    },
    device: { id, name, site: 'Test bench' },
    enrolment: { password: await registerMachine(demo, id, name) },
    keyType: 'ec-p256',
    stateDir: join(directory, 'state'),
    // The browser of a test is on no screen that this machine's services reach.
    panel: { host: '127.0.0.1', port: 0, pagesDir: join(projectRoot, 'dist/pages/panel'), onThisMachine: false },
    remoteService: 'on',
    operators: [operator],
    requestTimeoutS: 60,
    services: Object.fromEntries(
      Object.entries(services).map(([service, { port, title }]) => [service, { kind: 'http', target: `127.0.0.1:${port}`, title }]),
    ),
    logLevel: 'info',
  }
  const config = join(directory, 'agent.json')
  await writeFile(config, JSON.stringify(settings), { mode: 0o600 })
  const logged: string[] = []
  const agent = await startChild<{ pairing_url: string }>({
    name: `the agent of ${name}`,
    program: ownFile(import.meta.url, '../../agent/main'),
    args: ['--config', config],
    onLog: (line) => void logged.push(line),
  })
  const panel = await PanelClient.pair(agent.ready.pairing_url)
  const { connection } = await panel.waitFor((state) => state.connection.state === 'connected', 20_000)
  if (connection.state !== 'connected') throw new Error(`the agent is ${connection.state} (${connection.reason}): ${logged.join('\n')}`)
  await servicesAreKnown(demo, id)
  return { id, panel, operator, agentPid: agent.pid, log: () => logged.join('\n'), [Symbol.asyncDispose]: agent.stop }
}

/** The gateway asks the agent what it offers once the tunnel is there: before, nobody can ask for a service. */
async function servicesAreKnown(demo: RunningDemoProcess, id: string): Promise<void> {
  const ada = await administrator(demo)
  for (let left = 400; (await ada.api<Device>('GET', `/api/v1/devices/${id}`)).body.services.length === 0; left -= 1) {
    if (left === 0) throw new Error(`the gateway does not know what ${id} offers`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function administrator(demo: RunningDemoProcess): Promise<PortalClient> {
  const ada = new PortalClient(demo.description.portal)
  await ada.signIn(demo.account('ada'))
  return ada
}

/** As the service administrator does; gives back the one-time password. */
export async function registerMachine(demo: RunningDemoProcess, id: string, name: string): Promise<string> {
  const ada = await administrator(demo)
  const { organisation, region, country, time_zone, product_line, model } = (await ada.api<Device>('GET', '/api/v1/devices/press-7')).body
  const facts = { id, name, organisation: organisation.id, site: 'Test bench', region, country, time_zone, product_line, model }
  const made = await ada.api<{ enrolment_password: string }>('POST', '/api/v1/devices', facts)
  if (made.status !== 201) throw new Error(`registering ${id} failed: ${made.status} ${JSON.stringify(made.body)}`)
  return made.body.enrolment_password
}
