/** Figures that both ends of a tunnel agree on; performance.md says what was measured, and why one window alone does nothing. */
export const tunnelSettings = {
  /** Flow-control window of one stream, both directions, bytes. A stalled reader costs this much. */
  streamWindow: 1024 * 1024,
  /** Flow-control window of the whole connection, bytes. */
  connectionWindow: 16 * 1024 * 1024,
  /** Megabytes of `maxSessionMemory`: below this, streams with unsent data kill the tunnel. */
  sessionMemoryMb: 128,
  maxConcurrentStreams: 256,
  /** Cancels that the agent accepts at once, and each second after: 5,000 hold its loop for less than half a second (CVE-2023-44487). */
  streamResetBurst: 5_000,
  streamResetRate: 1_000,
  maxSessionRejectedStreams: 10_000,
  maxHeaderListBytes: 64 * 1024,
  maxHeaderPairs: 128,
  /** What a peer may send beside the bytes of its streams, at once and then each second: 30,000 PINGs, 7,500 a second. Past it the tunnel ends. */
  overheadBurstBytes: 512 * 1024,
  overheadBytesPerSecond: 128 * 1024,
  overheadLookMs: 250,
  pingIntervalMs: 5_000,
  deadAfterMs: 15_000,
  /** The longest pause between two dials: of a gateway that takes connections and cannot serve them, and of one that cannot be reached at all. */
  reconnectCapMs: 30_000,
  unreachableCapMs: 5_000,
} as const
