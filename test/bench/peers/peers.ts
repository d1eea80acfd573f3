import type { Target } from '../processes/request-load.ts'

/** What stands beside us in the same run. */
export interface Peers {
  /** Two Node processes that pass bytes over TLS 1.3, without HTTP/2, policy or proxy. */
  readonly tlsRelay: Peer
  /** nginx as a reverse proxy with kept connections, over plain HTTP; null where it is not installed. */
  readonly nginx: Peer | null
}

export interface Peer {
  readonly name: string
  readonly target: Target
  readonly pids: readonly number[]
}
