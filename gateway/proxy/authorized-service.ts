import type { Clock, Timer } from '../basics/clock.ts'
import type { AccessLimits } from './access-settings.ts'
import type { CutReason, LiveExchange } from './live-exchange.ts'
import { createMachineConnections, type MachineConnections } from './machine-connections.ts'
import type { MachineCookies } from './machine-cookies.ts'
import { createRecorderDuty, type RecorderDuty } from './mirror/recorder-duty.ts'
import type { StreamGrant } from './ports.ts'

declare const authorized: unique symbol

/** `recorder`: a page's way to the operator. */
export type ExchangeKind = 'request' | 'websocket' | 'recorder'

/** One service of one session for as long as its grant holds: the only way to a machine. */
export interface AuthorizedService {
  readonly [authorized]: true
  readonly grant: StreamGrant
  readonly cookies: MachineCookies
  /** Keep-alive connections inside this grant's streams; they never serve another session. */
  readonly connections: MachineConnections
  readonly recorders: RecorderDuty
  /** Exchanges under way of a kind. */
  count(kind: ExchangeKind): number
  /** Gives back the way to say that it is over. */
  track(kind: ExchangeKind, exchange: LiveExchange): () => void
  readonly ended: boolean
  /** Asks WebSockets to close and resolves when the last exchange is over. */
  idle(): Promise<void>
  /** Cuts everything and gives the connections up. */
  end(why: CutReason): Promise<void>
}

export interface AuthorizedServiceOptions {
  readonly grant: StreamGrant
  readonly cookies: MachineCookies
  readonly limits: AccessLimits
  readonly clock: Clock
  /** The grant was withdrawn: ask for a new one. */
  readonly onEnd: () => void
}

export function createAuthorizedService(options: AuthorizedServiceOptions): AuthorizedService {
  const { grant, limits } = options
  const live = { request: new Set<LiveExchange>(), websocket: new Set<LiveExchange>(), recorder: new Set<LiveExchange>() }
  const all = (): LiveExchange[] => [...live.request, ...live.websocket, ...live.recorder]
  const connections = createMachineConnections({
    openStream: () => grant.openStream(grant.signal),
    maxHeadBytes: limits.maxHeaderBytes,
    clock: options.clock,
  })
  const sweep = stallSweep({ clock: options.clock, limits, conduct: grant.conduct, live: all })
  const recorders = createRecorderDuty({
    demanded: grant.recordDemanded,
    clock: options.clock,
    underWay: () => live.request.size + live.websocket.size,
    onLost: grant.recorderLost,
  })
  const waiting: (() => void)[] = []
  let ended = false
  const end = async (why: CutReason): Promise<void> => {
    if (ended) return
    ended = true
    grant.signal.removeEventListener('abort', onAbort)
    sweep.stop()
    recorders.stop()
    options.onEnd()
    for (const exchange of all()) exchange.cut(why)
    connections.destroy()
  }
  const onAbort = (): void => void end({ code: 'over', text: reasonText(grant.signal.reason) })
  grant.signal.addEventListener('abort', onAbort, { once: true })
  const service: Omit<AuthorizedService, typeof authorized> = {
    grant,
    cookies: options.cookies,
    connections,
    recorders,
    count: (kind) => live[kind].size,
    track(kind, exchange) {
      live[kind].add(exchange)
      sweep.start()
      return () => {
        live[kind].delete(exchange)
        if (all().length === 0) for (const wake of waiting.splice(0)) wake()
      }
    },
    get ended() {
      return ended
    },
    end,
    async idle() {
      // The session outlives this process, whose recorders end now.
      recorders.stop()
      for (const exchange of [...live.websocket, ...live.recorder]) exchange.cut({ code: 'closing', text: 'the gateway stops' })
      if (all().length > 0) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
  return service as AuthorizedService
}

interface StallSweepOptions {
  readonly clock: Clock
  readonly limits: AccessLimits
  readonly conduct: StreamGrant['conduct']
  readonly live: () => readonly LiveExchange[]
}

/** One timer for all exchanges, and none while there are none: requests pay nothing for it. What the operator has paused stands still by his will. */
function stallSweep({ clock, limits, conduct, live }: StallSweepOptions): { start(): void; stop(): void } {
  const { stallTimeoutMs, answerTimeoutMs } = limits
  let timer: Timer | undefined
  const isPast = (since: number | null, limitMs: number): boolean =>
    since !== null && clock.monotonicMs() - Math.max(since, conduct().changedAtMs) >= limitMs
  const look = (exchange: LiveExchange): void => {
    if (isPast(exchange.stalledSinceMs(), stallTimeoutMs)) exchange.cut({ code: 'stalled', text: 'nothing moved for too long' })
    else if (isPast(exchange.unansweredSinceMs(), answerTimeoutMs)) exchange.cut({ code: 'unanswered', text: 'no answer came' })
  }
  const sweep = (): void => {
    timer = undefined
    const exchanges = live()
    if (!conduct().paused) for (const exchange of exchanges) look(exchange)
    if (exchanges.length > 0) start()
  }
  const start = (): void => void (timer ??= clock.after(stallTimeoutMs / 4, sweep))
  return { start, stop: () => timer?.cancel() }
}

const reasonText = (reason: unknown): string => (typeof reason === 'string' ? reason : 'session over')
