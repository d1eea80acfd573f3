import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PortalClient } from '../support/portal-client.ts'
import { startChild, type BenchChild } from './processes/ask-child.ts'
import { leaveToJanitor } from './processes/janitor.ts'
import type { StartedGateway } from './processes/gateway-entry.ts'
import type { Held, Holding } from './processes/hold-streams.ts'
import type { RequestFigures, RequestLoad, Target } from './processes/request-load.ts'
import type { Transfer } from './processes/transfer.ts'
import type { OpenedDoor } from './processes/tunnel-door-entry.ts'
import { browserHeaders, signInTechnician, startStation, type Station } from './station.ts'

/** Gateway, identity provider, agent, machine and load generator, each in a process of its own, and a session that the operator approved. */
export interface Installation extends AsyncDisposable {
  readonly gatewayPid: number
  readonly portal: string
  /** Where agents dial. */
  readonly tunnel: string
  readonly technician: PortalClient
  readonly agentPid: number
  readonly machinePort: number
  /** The machine itself. */
  readonly direct: Target
  /** Through cookie, policy, proxy, tunnel and agent. */
  readonly session: Target
  /** Bytes through the tunnel to the machine's `tcp` service, and to its `http` service, which the agent terminates. */
  readonly bytes: Target
  readonly terminated: Target
  /** Has the gateway throw away what it does not need, so that its memory can be read. */
  collect(): Promise<unknown>
  /** So many more machines in the gateway's records, and what they need to dial. */
  enrolMachines(machines: number): Promise<OpenedDoor>
  requests(load: RequestLoad): Promise<RequestFigures>
  transfer(transfer: Transfer): Promise<{ readonly seconds: number }>
  /** From another process than the one that sends requests, so that it takes no time from it. */
  transferBeside(transfer: Transfer): Promise<{ readonly seconds: number }>
  /** One more machine with an agent of its own, which dials `tunnel`; gone with the installation. */
  station(id: string, tunnel?: string): Promise<Station>
  /** A port whose connections are streams of a session. */
  door(session: string, service: 'raw' | 'web'): Promise<Target>
  /** Streams that are open and trickle, until each was cut. */
  hold(holding: Holding): Promise<{ readonly held: number }>
  /** When each of those streams ended, once all did. */
  ends(name: string): Promise<Held>
  /** The same as the machine's service saw it: Unix milliseconds. */
  endsAtMachine(name: string): Promise<readonly number[]>
}

export async function startInstallation(): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  await using parts = new AsyncDisposableStack()
  let moved: AsyncDisposableStack | undefined
  parts.defer(leaveToJanitor('folder', dataDir))
  parts.defer(() => rm(dataDir, { recursive: true, force: true }))
  const child = (program: string, nodeArgs: readonly string[] = []): BenchChild =>
    parts.use(startChild(new URL(`./processes/${program}.ts`, import.meta.url), { nodeArgs }))
  const machine = child('machine-entry')
  const load = child('load-entry')
  const neighbour = child('load-entry')
  const gateway = child('gateway-entry', ['--expose-gc'])
  const { port: machinePort } = await machine.ask<{ port: number }>('start')
  const started = await gateway.ask<StartedGateway>('start', { dataDir })
  const station = async (id: string, tunnel = started.agentGateway.tunnel): Promise<Station> => {
    const { enrolmentPassword } = await gateway.ask<{ enrolmentPassword: string }>('machine', { id })
    const agentGateway = { ...started.agentGateway, tunnel }
    const start = { id, enrolmentPassword, machinePort, dataDir: join(dataDir, id) }
    return (moved ?? parts).use(await startStation({ ...start, started: { ...started, agentGateway } }))
  }
  const door = async (session: string, service: string): Promise<Target> => {
    const { port } = await gateway.ask<{ port: number }>('openDoor', { session, service })
    return { port, host: 'machine.invalid', headers: browserHeaders }
  }
  const technician = await signInTechnician(started)
  const first = await station('bench-1')
  const session = await first.openSession(technician)
  const installation = {
    gatewayPid: gateway.pid,
    portal: started.portal,
    tunnel: started.agentGateway.tunnel,
    technician,
    agentPid: first.agentPid,
    machinePort,
    direct: { port: machinePort, host: 'machine.invalid', headers: browserHeaders },
    session: session.target,
    bytes: await door(session.id, 'raw'),
    terminated: await door(session.id, 'web'),
    collect: () => gateway.ask('collect'),
    enrolMachines: (machines: number) => gateway.ask<OpenedDoor>('enrol', { machines }),
    requests: (question: RequestLoad) => load.ask<RequestFigures>('requests', question),
    transfer: (question: Transfer) => load.ask<{ readonly seconds: number }>('transfer', question),
    transferBeside: (question: Transfer) => neighbour.ask<{ readonly seconds: number }>('transfer', question),
    station,
    door,
    hold: (holding: Holding) => neighbour.ask<{ readonly held: number }>('hold', holding),
    ends: (name: string) => neighbour.ask<Held>('ends', { name }),
    endsAtMachine: (name: string) => machine.ask<readonly number[]>('trickleEnds', { name }),
  }
  // Machines that are asked for later end with it too.
  const all = (moved = parts.move())
  return { ...installation, [Symbol.asyncDispose]: () => all[Symbol.asyncDispose]() }
}
