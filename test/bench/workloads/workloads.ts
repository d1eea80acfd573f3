import type { Workload } from '../workload.ts'
import { activation } from './activation.ts'
import { decisions } from './decisions.ts'
import { forward } from './forward.ts'
import { handshakes } from './handshakes.ts'
import { httpPath } from './http-path.ts'
import { idleTunnels } from './idle-tunnels.ts'
import { longWay } from './long-way.ts'
import { manyConnections } from './many-connections.ts'
import { mirrorDelay } from './mirror-delay.ts'
import { noisyNeighbour } from './noisy-neighbour.ts'
import { reEvaluation } from './re-evaluation.ts'
import { recordedPages } from './recorded-pages.ts'
import { reconnectStorm } from './reconnect-storm.ts'
import { replay } from './replay.ts'
import { sessionBulk } from './session-bulk.ts'
import { stop } from './stop.ts'
import { tcpBulk } from './tcp-bulk.ts'
import { tcpConnections } from './tcp-connections.ts'
import { tcpSmall } from './tcp-small.ts'
import { terminatedOrBytes } from './terminated-or-bytes.ts'

/** In the order of docs/performance.md. */
export const workloads: readonly Workload[] = [
  tcpBulk,
  tcpSmall,
  tcpConnections,
  manyConnections,
  sessionBulk,
  httpPath,
  recordedPages,
  mirrorDelay,
  terminatedOrBytes,
  forward,
  longWay,
  noisyNeighbour,
  idleTunnels,
  handshakes,
  reconnectStorm,
  decisions,
  replay,
  stop,
  reEvaluation,
  activation,
]
