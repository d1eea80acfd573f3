import type { Clock } from './basics/clock.ts'
import type { Logger } from './basics/logger.ts'
import type { Random } from './basics/random.ts'
import type { AgentSettings } from './settings/agent-settings.ts'
import type { StateDatabase } from './state/state-database.ts'
import type { UpdateSituation } from './updates/start-updates.ts'

export interface StartAgentOptions {
  readonly settings: AgentSettings
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Somebody must be shown this address: the code in the one before was tried too often. */
  readonly onPairingUrl?: (url: string) => void
  /** How this process stands to its launcher. Default: it takes no update. */
  readonly updates?: UpdateSituation
  /** Stands between every part and the state. Only a test gives one: no setting and no environment variable can. */
  readonly aroundState?: (database: StateDatabase) => StateDatabase
}

export interface RunningAgent {
  readonly panelUrl: string
  /** Pairs the browser that opens it; good once. After use it is a new one. */
  readonly pairingUrl: string
  /** A new code; the one before is void. */
  newPairingUrl(): string
  /** The same as `close`: an approval never outlives the process, so there is nothing to wait for. */
  drain(): Promise<void>
  /** Ends the session, the tunnel and the panel. May be called twice. */
  close(): Promise<void>
}
