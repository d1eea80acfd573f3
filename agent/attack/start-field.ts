import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AgentError } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Random } from '../basics/random.ts'
import { spiffeIdOf } from '../enrolment/stored-credential.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { startAgentProcess } from './agent-process.ts'
import type { AgentProgram } from './agent-process.ts'
import type { Field } from './attack.ts'
import { startHostileGateway } from './hostile-gateway.ts'
import { pairOperator } from './panel-operator.ts'
import { scratchServices, writeScratchConfig } from './scratch-config.ts'
import { createThrowawayAuthority } from './throwaway-authority.ts'
import { waitMs } from './wait.ts'
import { startWitness } from './witness.ts'

export interface StartFieldOptions {
  readonly settings: AgentSettings
  readonly program: AgentProgram
  readonly clock: Clock
  readonly random: Random
}

/** @throws AgentError `agent_failed`, `no_tunnel` */
export async function startField({ settings, program, clock, random }: StartFieldOptions): Promise<Field & AsyncDisposable> {
  await using parts = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-attack-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const kinds = scratchServices(settings)
  const services = [...kinds.keys()]
  let alive = (): boolean => true
  const witness = await startWitness(services, new Set(services.filter((name) => kinds.get(name) === 'http')))
  parts.defer(() => witness.close())
  const authority = createThrowawayAuthority({ nowMs: clock.nowMs(), random })
  const gateway = await startHostileGateway({
    certificate: authority.gateway(),
    rootPem: authority.rootPem,
    clock,
    agentIsAlive: () => alive(),
  })
  parts.defer(() => gateway.close())
  const pin = String(100_000 + Math.floor(random.fraction() * 900_000))
  const scratch = { settings, authority, gatewayPort: gateway.port, targets: witness.ports, pin, random }
  const config = await writeScratchConfig({ ...scratch, folder })
  const start = async (): Promise<Pick<Field, 'agent' | 'operator'>> => {
    const agent = await startAgentProcess(program, config.file, clock)
    return { agent, operator: await pairOperator(agent.pairingUrl, pin) }
  }
  let running = await start()
  alive = () => running.agent.isAlive
  parts.defer(() => running.agent.stop())
  await gateway.connected()
  const all = parts.move()
  return {
    gateway,
    witness,
    settings,
    services,
    clock,
    random,
    get agent() {
      return running.agent
    },
    get operator() {
      return running.operator
    },
    foreignCertificate: () => authority.device(spiffeIdOf(settings), settings.keyType).cert,
    restart: async (between, alone) => {
      await running.agent.stop()
      await between?.(config.stateDir)
      running = await start()
      if (alone === undefined) return gateway.connected()
      await waitMs(clock, 1_500)
    },
    startOnPanel: async () => {
      const beside = join(folder, 'beside')
      const panelPort = await freePort()
      const targets = new Map([...witness.ports].map(([name]) => [name, panelPort]))
      const { file } = await writeScratchConfig({ ...scratch, folder: beside, targets, panelPort })
      try {
        const agent = await startAgentProcess(program, file, clock)
        await agent.stop()
        return null
      } catch (error) {
        return error instanceof AgentError ? error.message : 'it failed'
      }
    },
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
