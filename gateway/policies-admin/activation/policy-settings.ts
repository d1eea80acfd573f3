import type { NewEvent } from '../../ledger/event.ts'

/** What the team sets for itself; whether four eyes are needed stands in `gateway.json`. */
export interface TeamSettings {
  /** Of the decision rules that the tests of a revision have to reach. */
  readonly coveragePercent: number
  /** An activation that would deny more than so much of what was allowed in the last day asks again. */
  readonly deniedPercent: number
}

export const firstTeamSettings: TeamSettings = { coveragePercent: 80, deniedPercent: 10 }

/** Where they are kept. */
export interface TeamSettingsStore {
  read(): Promise<{ readonly value: TeamSettings; readonly version: number } | undefined>
  /** @throws CodedError `stale_version` */
  write(value: TeamSettings, expectedVersion: number, events: readonly NewEvent[]): Promise<void>
}

export const isLooser = (next: TeamSettings, now: TeamSettings): boolean =>
  next.coveragePercent < now.coveragePercent || next.deniedPercent > now.deniedPercent
