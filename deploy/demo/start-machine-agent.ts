import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../gateway/basics/clock.ts'
import { ownFile } from '../../gateway/basics/own-file.ts'
import type { StartedChild } from '../../gateway/commands/start-child.ts'
import type { DemoLog } from './demo-log.ts'
import type { DemoMachine } from './demo-machines.ts'
import { startPart } from './start-part.ts'

export interface MachineAgentOptions {
  readonly machine: DemoMachine
  readonly dataDir: string
  readonly panelPort: number
  readonly target: string
  readonly enrolmentPassword: string
  readonly gateway: { readonly tunnel: string; readonly est: string; readonly caFile: string; readonly trustDomain: string }
  readonly log: DemoLog
}

export interface MachineAgent {
  readonly machine: DemoMachine
  readonly target: string
  pid(): number
  /** A fresh address that pairs the browser which opens it. */
  newPairingUrl(): Promise<string>
  readonly stop: () => Promise<void>
}

interface Ready {
  readonly pairing_url: string
}

const restartMs = 1_000

/** One machine's agent, in a process of its own. One that dies is started again, as systemd does on a real machine. */
export async function startMachineAgent(options: MachineAgentOptions): Promise<MachineAgent> {
  const config = await writeConfig(options)
  const end = new AbortController()
  let tellPairing: ((url: string) => void) | null = null
  const start = (): Promise<StartedChild<Ready>> =>
    startPart<Ready>({
      name: options.machine.id,
      program: ownFile(import.meta.url, '../../agent/main'),
      args: ['--config', config],
      log: options.log,
      onLine: (said) => {
        if ('pairing_url' in said && typeof said.pairing_url === 'string') tellPairing?.(said.pairing_url)
      },
    })
  let agent = await start()
  const guard = async (): Promise<void> => {
    while (!end.signal.aborted) {
      options.log.write(options.machine.id, await agent.ended)
      if (end.signal.aborted) return
      await new Promise<void>((resolve) => systemClock.after(restartMs, resolve))
      agent = await start().catch(() => agent)
    }
  }
  void guard()
  return {
    machine: options.machine,
    target: options.target,
    pid: () => agent.pid,
    newPairingUrl: () =>
      new Promise((resolve) => {
        tellPairing = resolve
        agent.process.kill('SIGUSR1')
      }),
    stop: async () => {
      end.abort()
      await agent.stop()
    },
  }
}

/** What a machine builder would put on the machine: settings, the gateway's CA, the one-time password. */
async function writeConfig(options: MachineAgentOptions): Promise<string> {
  const { machine, dataDir, gateway } = options
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'agent.json')
  const settings = {
    gateway,
    device: { id: machine.id, name: machine.name, site: machine.site },
    enrolment: { password: options.enrolmentPassword },
    keyType: 'ec-p256',
    stateDir: join(dataDir, 'state'),
    panel: {
      host: '127.0.0.1',
      port: options.panelPort,
      pagesDir: fileURLToPath(new URL('../../dist/pages/panel', import.meta.url)),
      // The demo's panel is a window of the visitor's browser, which no simulated machine can reach.
      onThisMachine: false,
    },
    remoteService: 'on',
    operators: machine.operators,
    requestTimeoutS: 60,
    services: { [machine.service.name]: { kind: 'http', target: options.target, title: machine.service.title } },
    logLevel: 'info',
  }
  await writeFile(file, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
  return file
}
