import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { OwnNetwork } from './own-network.ts'
import { PanelClient } from './panel-client.ts'
import type { RunningInstallation } from './running-installation.ts'

/** The machine's web server and its agent, both in a network of their own, and its panel as somebody in front of it would use it. */
export interface MachineInOwnNetwork extends AsyncDisposable {
  readonly panel: PanelClient
  readonly agent: ChildProcess
  /** Where the machine writes what reaches it (`witness.ts`). */
  readonly seen: string
  /** `performance.now()` of the next close of each at the machine. Ask before the fault. */
  nextCloses(): Readonly<Record<'download' | 'socket', Promise<number>>>
}

interface Inside {
  readonly process: ChildProcess
  /** The first line with this member. */
  said(member: string): Promise<Record<string, unknown>>
  onLine(listener: (line: Record<string, unknown>) => void): void
}

/** Takes the place of the installation's own agent, with its state and certificate. */
export async function startMachineInOwnNetwork(network: OwnNetwork, installation: RunningInstallation): Promise<MachineInOwnNetwork> {
  const children: ChildProcess[] = []
  const start = (program: string, ...args: string[]): Inside => {
    const started = runInside(network, program, args)
    children.push(started.process)
    return started
  }
  await installation.agent.stop()
  const seen = join(installation.dataDir, 'seen-in-own-network.jsonl')
  const machine = start('test/support/dripping-machine-entry.ts', '0', seen)
  const { port } = await machine.said('ready')
  const config = await moveAgent(network, installation, Number(port))
  const agent = start('agent/main.ts', '--config', config, '--die-with-parent')
  const pairing = new URL(String((await agent.said('pairing_url'))['pairing_url']))
  const socket = join(installation.dataDir, 'panel.sock')
  await start('test/support/loopback-relay-entry.ts', socket, pairing.port).said('ready')
  // The same port here as in there: the panel answers to its own name alone.
  const bridge = createServer((near) => {
    const far = connect(socket)
    near.pipe(far).pipe(near)
    for (const one of [near, far]) one.on('error', () => [near, far].forEach((each) => each.destroy()))
  }).listen(Number(pairing.port), '127.0.0.1')
  await once(bridge, 'listening')
  const next = (name: string): Promise<number> =>
    new Promise((resolve) => machine.onLine((line) => line['closed'] === name && resolve(performance.now())))
  return {
    panel: await PanelClient.pair(pairing.href),
    agent: agent.process,
    seen,
    nextCloses: () => ({ download: next('download'), socket: next('socket') }),
    [Symbol.asyncDispose]: async () => {
      bridge.close()
      await Promise.all(
        children.map(async (child) => {
          const ended = child.exitCode === null ? once(child, 'exit') : undefined
          child.stdin?.end()
          await ended
        }),
      )
    },
  }
}

function runInside(network: OwnNetwork, program: string, args: readonly string[]): Inside {
  const [command = '', ...before] = network.inside
  const file = fileURLToPath(new URL(`../../${program}`, import.meta.url))
  const child = spawn(command, [...before, process.execPath, '--disable-warning=ExperimentalWarning', file, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines: Record<string, unknown>[] = []
  const listeners: ((line: Record<string, unknown>) => void)[] = []
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Record<string, unknown>
    lines.push(line)
    for (const listener of listeners) listener(line)
  })
  return {
    process: child,
    onLine: (listener) => void listeners.push(listener),
    said: (member) =>
      new Promise((resolve, reject) => {
        const look = (line: Record<string, unknown>): void => {
          if (member in line) resolve(line)
        }
        listeners.push(look)
        lines.forEach(look)
        child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)))
      }),
  }
}

async function moveAgent(network: OwnNetwork, { dataDir }: RunningInstallation, target: number): Promise<string> {
  const written = JSON.parse(await readFile(join(dataDir, 'agent', 'agent.json'), 'utf8')) as {
    gateway: { tunnel: string; est: string }
    services: { hmi: object }
  }
  const { tunnel, est } = written.gateway
  const moved = {
    ...written,
    gateway: {
      ...written.gateway,
      tunnel: `${network.ourAddress}:${tunnel.split(':')[1]}`,
      est: `https://${network.ourAddress}:${new URL(est).port}`,
    },
    services: { hmi: { ...written.services.hmi, target: `127.0.0.1:${target}` } },
  }
  const file = join(dataDir, 'agent', 'agent-in-own-network.json')
  await writeFile(file, JSON.stringify(moved), { mode: 0o600 })
  return file
}
