import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'

/** What the tunnel door bears. */
export interface TunnelLimits {
  /** Connections that wait for their handshake or are in it. More are closed at once. */
  readonly maxHalfOpen: number
  readonly maxHalfOpenPerAddress: number
  /** Connections from one address, live tunnels included: many machines share the address of their site. */
  readonly maxPerAddress: number
  readonly maxTunnels: number
  /** A storm of handshakes would starve everybody's requests (performance.md, 8). */
  readonly handshakesPerSecond: number
  readonly handshakeBurst: number
  /** Tunnels of one device: so many at once, then one each `reconnectRefillMs`. */
  readonly reconnectBurst: number
  readonly reconnectRefillMs: number
  /** Streams of one tunnel that are cut, at once and then each second. Less than an agent bears (tunnelSettings.streamResetBurst): past its bound it ends the tunnel for everybody. */
  readonly cancelBurst: number
  readonly cancelsPerSecond: number
  /** Lanes of one tunnel that wait for a stream, and all of them. */
  readonly maxWaitingLanes: number
  readonly maxLanes: number
  /** Lanes of one device: so many at once, then one each `laneRefillMs`. */
  readonly laneBurst: number
  readonly laneRefillMs: number
  /** For TLS, for our records' answer and for the first HTTP/2 settings of the device, each. */
  readonly handshakeTimeoutMs: number
  readonly pingIntervalMs: number
  readonly deadAfterMs: number
  /** For every answer of an agent that is not a stream. */
  readonly answerTimeoutMs: number
  readonly maxAnswerBytes: number
  readonly maxEventLineBytes: number
}

export const defaultTunnelLimits: TunnelLimits = {
  maxHalfOpen: 1_024,
  maxHalfOpenPerAddress: 256,
  maxPerAddress: 4_096,
  maxTunnels: 20_000,
  handshakesPerSecond: 200,
  handshakeBurst: 10,
  reconnectBurst: 60,
  reconnectRefillMs: 10_000,
  cancelBurst: 4_000,
  cancelsPerSecond: 900,
  maxWaitingLanes: 4,
  maxLanes: 16,
  laneBurst: 16,
  laneRefillMs: 500,
  handshakeTimeoutMs: 10_000,
  pingIntervalMs: tunnelSettings.pingIntervalMs,
  deadAfterMs: tunnelSettings.deadAfterMs,
  answerTimeoutMs: 10_000,
  maxAnswerBytes: 1024 * 1024,
  maxEventLineBytes: 64 * 1024,
}
