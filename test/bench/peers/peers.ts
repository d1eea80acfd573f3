import type { Target } from '../processes/request-load.ts'
import { startCaddy } from './caddy.ts'
import { startFrp } from './frp.ts'
import { startHaproxy } from './haproxy.ts'
import { startNginx } from './nginx.ts'
import { startRathole } from './rathole.ts'
import { startSsh } from './ssh.ts'
import { startStunnel } from './stunnel.ts'
import { startTcpRelay } from './tcp-relay.ts'
import { startTlsRelay } from './tls-relay.ts'

/** What stands beside us in the same run, in front of the same machine. */
export interface Peer {
  readonly name: string
  /** What the program says of itself; null: it is part of this bench. */
  readonly version: string | null
  readonly target: Target
  /** Everything of it that uses the processor. */
  readonly pids: readonly number[]
}

export type RunningPeer = Peer & AsyncDisposable

/** Every peer that this program knows, by a short name; they reject with a sentence where they cannot be built or run here. */
export const peerStarts = {
  'Node TLS pair': startTlsRelay,
  'bare Node TCP relay': startTcpRelay,
  frp: (machinePort: number) => startFrp(machinePort, 'mux'),
  'frp without mux': (machinePort: number) => startFrp(machinePort, 'no mux'),
  'frp http': (machinePort: number) => startFrp(machinePort, 'http'),
  'ssh -R': (machinePort: number) => startSsh(machinePort),
  'ssh -R aes128-gcm': (machinePort: number) => startSsh(machinePort, 'aes128-gcm@openssh.com'),
  rathole: startRathole,
  haproxy: startHaproxy,
  stunnel: startStunnel,
  nginx: startNginx,
  caddy: startCaddy,
} as const satisfies Record<string, (machinePort: number) => Promise<RunningPeer>>

export type PeerName = keyof typeof peerStarts
