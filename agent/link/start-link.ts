import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { Credential } from '../enrolment/credential.ts'
import type { AgentSettings, HostPort } from '../settings/agent-settings.ts'
import { hostHeader } from '../settings/host-port.ts'
import type { switchedOff } from '../wire/agent-api.ts'
import { laneAlpn, tunnelAlpn } from '../wire/agent-api.ts'
import { tunnelSettings } from '../wire/tunnel-settings.ts'
import { createBackoff } from './backoff.ts'
import type { Backoff } from './backoff.ts'
import { dialGateway } from './dial-gateway.ts'

import { strangerOf } from './explain-stranger.ts'
import type { Stranger } from './explain-stranger.ts'
import { serveTunnel } from './serve-tunnel.ts'
import type { ServedTunnel } from './serve-tunnel.ts'
import { tryInTurn } from './try-in-turn.ts'

export interface LinkOptions {
  readonly settings: AgentSettings
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void
  readonly onStatus: (status: LinkStatus) => void
  /** The gateway took us in: it asked its first question. */
  readonly onUp: () => void
  /** After `onUp`: nothing passes any more. */
  readonly onDown: () => void
}

export type LinkStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  | { readonly state: 'refused' | 'offline'; readonly reason: string; readonly stranger: Stranger | null; readonly nextAttemptAtMs: number }

export interface Link {
  /** The first one starts the link; a renewed one is used from the next connection on. */
  setCredential(credential: Credential): void
  /** It has ended: nothing is dialled until there is another one. A tunnel that is open is the gateway's to end. */
  dropCredential(): void
  /** Of the tunnel that is open, else the newest. */
  credential(): Credential | null
  /** Whether the open tunnel still uses an older certificate. */
  readonly stale: boolean
  /** `host:port` that the open tunnel was dialled at, or null. */
  readonly connectedTo: string | null
  /** A connection beside the open tunnel, with its certificate. @throws AgentError */
  dialLane(): Promise<TLSSocket>
  /** Connects anew at once. */
  renew(): void
  close(why: typeof switchedOff | 'closed'): void
}

/** A person decided these; asking often changes nothing. `replaced`: another process has our identity. */
const refusals = new Set([
  'no-certificate',
  'bad-certificate',
  'expired',
  'unknown-device',
  'revoked',
  'suspended',
  'wrong-protocol',
  'too-many-connections',
])
const slowRetryMs = 30_000
const toldEachMs = 60_000

/** Keeps one tunnel to the gateway for as long as the process lives. Never throws. */
export function startLink(options: LinkOptions): Link {
  const { settings, clock, logger, random } = options
  const { reconnectCapMs, unreachableCapMs } = tunnelSettings
  const backoff = createBackoff({ baseMs: 1_000, capMs: reconnectCapMs, random })
  /** Where nobody took the connection, a try cost nobody anything: it is made often, and says nothing about how busy the gateway is. */
  const unreachable = createBackoff({ baseMs: 1_000, capMs: unreachableCapMs, random })
  const ending = new AbortController()
  let newest: Credential | null = null
  let used: Credential | null = null
  /** Where the open tunnel was dialled. */
  let at: HostPort | null = null
  /** Of the addresses, the first to be dialled. */
  let from = 0
  let tunnel: ServedTunnel | null = null
  let dialling = false
  let timer: Timer | undefined
  let told = { reason: '', atMs: 0 }
  /** Tells once that the tunnel carries nothing any more. */
  let goneDown = (): void => {}

  const dial = (target: HostPort, alpn: string, credential: Credential, onReached?: () => void): Promise<TLSSocket> =>
    dialGateway({
      gateway: settings.gateway,
      target,
      clock,
      alpn,
      credential,
      signal: ending.signal,
      ...(onReached === undefined ? {} : { onReached }),
    })

  const connect = async (): Promise<void> => {
    if (ending.signal.aborted || dialling || tunnel !== null || newest === null) return
    timer?.cancel()
    dialling = true
    options.onStatus({ state: 'connecting' })
    const credential = newest
    let reached = false
    const onReached = (): void => {
      reached = true
      unreachable.reset()
    }
    try {
      const { value: socket, address } = await tryInTurn({
        addresses: settings.gateway.tunnel,
        from,
        signal: ending.signal,
        attempt: (target, reachedIt) => dial(target, tunnelAlpn, credential, () => (onReached(), reachedIt())),
      })
      dialling = false
      if (ending.signal.aborted) return void socket.destroy()
      used = credential
      at = address
      serve(socket)
    } catch (error) {
      dialling = false
      if (!ending.signal.aborted) again(errorCode(error), reached ? backoff : unreachable, error)
    }
  }

  const serve = (socket: Parameters<typeof serveTunnel>[0]['socket']): void => {
    let admitted = false
    goneDown = () => {
      if (admitted) options.onDown()
      admitted = false
      goneDown = () => {}
    }
    tunnel = serveTunnel({
      socket,
      clock,
      onStream: (stream, headers) => {
        if (!admitted && !ending.signal.aborted) {
          admitted = true
          backoff.reset()
          from = 0
          told = { reason: '', atMs: 0 }
          logger.info({}, 'connected to the gateway')
          options.onUp()
          options.onStatus({ state: 'connected' })
        }
        options.onStream(stream, headers)
      },
      onEnd: (reason) => {
        const newerIsThere = newest !== null && used !== newest
        // It took the connection and did not serve it, as one that is being shut down: the next one may.
        if (!admitted && !refusals.has(reason) && at !== null)
          from = (settings.gateway.tunnel.indexOf(at) + 1) % settings.gateway.tunnel.length
        tunnel = null
        used = null
        at = null
        goneDown()
        // The certificate ended under a session that nobody wanted to disturb with the newer one.
        if (reason === 'renewed' || (reason === 'expired' && newerIsThere)) void connect()
        else if (!ending.signal.aborted) again(reason, backoff)
      },
    })
  }

  const again = (reason: string, pace: Backoff, error?: unknown): void => {
    const refused = refusals.has(reason)
    const slow = refused || reason === 'replaced'
    const delayMs = slow ? slowRetryMs + Math.floor(random.fraction() * 5_000) : Math.max(50, pace.nextMs())
    failed({ reason, retry_ms: delayMs, ...(error === undefined ? {} : { error }) }, refused)
    timer?.cancel()
    timer = clock.after(delayMs, () => void connect())
    options.onStatus({
      state: refused ? 'refused' : 'offline',
      reason,
      stranger: strangerOf(error),
      nextAttemptAtMs: clock.nowMs() + delayMs,
    })
  }

  /** A machine that is without its network for a week says so once a minute, and each new reason at once. */
  const failed = (fields: { readonly reason: string; readonly retry_ms: number }, refused: boolean): void => {
    const nowMs = clock.monotonicMs()
    const isNews = fields.reason !== told.reason || nowMs - told.atMs >= toldEachMs
    if (isNews) told = { reason: fields.reason, atMs: nowMs }
    logger[isNews ? 'warn' : 'debug'](fields, refused ? 'the gateway refused this device' : 'not connected to the gateway')
  }

  return {
    setCredential: (credential) => {
      newest = credential
      void connect()
    },
    dropCredential: () => {
      newest = null
      timer?.cancel()
    },
    credential: () => used ?? newest,
    get stale() {
      return used !== null && newest !== null && used !== newest
    },
    get connectedTo() {
      return at === null ? null : hostHeader(at)
    },
    dialLane: async () => {
      const [of, credential, address] = [tunnel, used, at]
      if (of === null || credential === null || address === null)
        throw new AgentError({ code: 'no_tunnel', message: 'There is no tunnel.' })
      const socket = await dial(address, laneAlpn, credential)
      if (tunnel === of) return socket
      socket.destroy()
      throw new AgentError({ code: 'no_tunnel', message: 'The tunnel ended.' })
    },
    renew: () => tunnel?.end('renewed'),
    close: (why) => {
      ending.abort()
      timer?.cancel()
      if (why === 'closed') tunnel?.end(why)
      else tunnel?.leave(why)
      goneDown()
    },
  }
}
