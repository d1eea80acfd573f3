import { frpVersion, ratholeVersion } from '../peers/build-peer.ts'
import { startFrpHerd } from '../peers/frp-herd.ts'
import { frpName } from '../peers/frp.ts'
import type { PeerHerd } from '../peers/peer-herd.ts'
import { startRatholeHerd } from '../peers/rathole-herd.ts'
import { ratholeName } from '../peers/rathole.ts'
import type { Bench } from '../workload.ts'

export interface Herd {
  readonly name: string
  readonly start: () => Promise<PeerHerd>
}

/** Servers of peers that take in at most so many clients; who cannot be built here is named when it is first measured. */
export function herds(bench: Bench, most: number): readonly Herd[] {
  bench.ran(frpName, frpVersion)
  bench.ran(ratholeName, ratholeVersion)
  return [
    { name: frpName, start: startFrpHerd },
    { name: ratholeName, start: () => startRatholeHerd(most) },
  ]
}
