import type { Clock } from '../basics/clock.ts'
import type { Random } from '../basics/random.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import type { AgentProcess } from './agent-process.ts'
import type { HostileGateway } from './hostile-gateway.ts'
import type { PanelOperator } from './panel-operator.ts'
import type { Witness } from './witness.ts'

/** Where an attack takes place: a real agent between a captured gateway, a witness in the place of its services, and an operator at its panel. */
export interface Field {
  readonly gateway: HostileGateway
  readonly witness: Witness
  /** Of the agent that runs now: both change with {@link Field.restart}. */
  readonly agent: AgentProcess
  readonly operator: PanelOperator
  /** The customer's. */
  readonly settings: AgentSettings
  readonly services: readonly string[]
  readonly clock: Clock
  readonly random: Random
  /** Ends the agent and starts it on the same state. `between`: what happens to its state meanwhile. `alone`: it is not expected to connect. */
  restart(between?: (stateDir: string) => Promise<void>, alone?: 'alone'): Promise<void>
  /** PEM: for this device, by the trusted authority, and for a key that this device has not. */
  foreignCertificate(): string
  /** Starts another agent beside it, whose configuration leads to its own panel; what it says when it refuses, or null when it runs. */
  startOnPanel(): Promise<string | null>
}

/** One thing that was looked at. */
export interface Observation {
  readonly what: string
  /** Whether the machine's side held. */
  readonly held: boolean
}

export const attackGroups = [
  'streams',
  'lanes',
  'consent',
  'calls',
  'talk',
  'switches',
  'http',
  'floods',
  'nonsense',
  'machine',
  'records',
] as const
export type AttackGroup = (typeof attackGroups)[number]

export interface Attack {
  /** Stable: reports of different versions are compared by it. */
  readonly id: string
  readonly group: AttackGroup
  /** What is tried, for people. */
  readonly tried: string
  /** What has to happen. */
  readonly expected: string
  /** At least one observation; what throws has failed. */
  readonly run: (field: Field) => Promise<readonly Observation[]>
}
