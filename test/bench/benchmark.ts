import type { Row } from './measure/row.ts'
import type { Peers } from './peers/peers.ts'
import type { Installation } from './installation.ts'

/** What every benchmark is handed. */
export interface Bench {
  /** Everything small: figures that show that it runs, not how fast. */
  readonly quick: boolean
  /** Counted runs of each contestant; medians of them are printed. */
  readonly rounds: number
  /** A gateway with one machine and an open session; started when the first benchmark wants it. */
  installation(): Promise<Installation>
  peers(): Promise<Peers>
  /** Names a peer that could not be run here, and why. */
  missing(peer: string): void
}

export interface Benchmark {
  readonly name: string
  run(bench: Bench): Promise<readonly Row[]>
}
