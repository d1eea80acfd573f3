/** Bounds of one browser, one session, one stream. Bytes and milliseconds as named. */
export interface AccessLimits {
  /** Names and values of a request's or an answer's headers together. */
  readonly maxHeaderBytes: number
  readonly maxHeaderPairs: number
  /** Path and query together. */
  readonly maxTargetBytes: number
  /** HTTP exchanges of one session and service at once; each has a connection of its own, so none waits behind a slow one. */
  readonly maxConcurrentRequests: number
  /** WebSockets of one session and service at once. */
  readonly maxWebSockets: number
  /** A side that neither takes nor sends what it owes is cut after this, and before 1.25 times of it. There is no limit on the time of a transfer. */
  readonly stallTimeoutMs: number
  /** From the end of a request to the head of its answer; browsers give up by themselves at about this time. Streams of events answer at once. */
  readonly answerTimeoutMs: number
  /** From a WebSocket's request to the machine's answer. */
  readonly handshakeTimeoutMs: number
  /** How long the rest of an upload is read and thrown away after the machine has answered early. */
  readonly lingerMs: number
  /** Life of an entry code. */
  readonly codeLifetimeMs: number
  /** A Close frame gets this long to reach the browser before its connection is cut. */
  readonly closeFrameGraceMs: number
  /** What all recorders of the gateway together have it hold. */
  readonly maxRecorderBytes: number
  /** Those of one person. */
  readonly maxRecorderBytesPerPerson: number
}

export const defaultAccessLimits: AccessLimits = {
  maxHeaderBytes: 32 * 1024,
  maxHeaderPairs: 128,
  maxTargetBytes: 8 * 1024,
  maxConcurrentRequests: 64,
  maxWebSockets: 32,
  stallTimeoutMs: 60_000,
  answerTimeoutMs: 300_000,
  handshakeTimeoutMs: 10_000,
  lingerMs: 5_000,
  codeLifetimeMs: 30_000,
  closeFrameGraceMs: 500,
  maxRecorderBytes: 256 * 1024 * 1024,
  maxRecorderBytesPerPerson: 64 * 1024 * 1024,
}

export interface AccessSettings {
  /** Registrable apart from the portal's site: `machines.localhost`, `machines.example.net`. Lower case, no leading dot. */
  readonly accessDomain: string
  /** `https://portal.example.net`: its scheme is that of the access origins too. */
  readonly portalOrigin: string
  /** True: the cookie is `__Host-sallyport; Secure` (https, and http on `*.localhost`, which browsers trust alike). */
  readonly secureCookies: boolean
  /** The port that browsers see. */
  readonly publicPort: number
  readonly limits: AccessLimits
}
