import type { Installation } from './installation.ts'
import type { Row } from './measure/row.ts'
import type { Peer, PeerName } from './peers/peers.ts'

/** What every workload is handed. */
export interface Bench {
  /** Everything small: figures that show that it runs, not how fast. */
  readonly quick: boolean
  /** Counted runs of each contestant; medians of them are printed. */
  readonly rounds: number
  /** A gateway with one machine and an open session; started when the first workload wants it. */
  installation(): Promise<Installation>
  /** Those of them that can be built and run here; the others are named at the end. Started once. */
  peers(...names: readonly PeerName[]): Promise<readonly Peer[]>
  /** Notes the version of a peer that was not started by `peers`. */
  ran(peer: string, version: string): void
  /** Names a peer that could not be run here, and why. */
  missing(peer: string): void
}

export interface Workload {
  readonly name: string
  /** One sentence: what is measured, and how. */
  readonly about: string
  /** It takes too long to be run with all others. */
  readonly onlyWhenNamed?: boolean
  run(bench: Bench): Promise<readonly Row[]>
}
