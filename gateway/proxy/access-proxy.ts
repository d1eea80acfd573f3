import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../basics/clock.ts'
import type { ServiceName, SessionId } from '../basics/ids.ts'
import type { Running } from '../basics/lifecycle.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { createAccessAddress } from './access-address.ts'
import { createAccessLookup } from './access-lookup.ts'
import { createAccessWatch } from './access-watch.ts'
import type { AccessSettings } from './access-settings.ts'
import type { BarSessions } from './bar/bar-sessions.ts'
import { createBar } from './bar/create-bar.ts'
import type { BarFiles } from './bar/read-bar-files.ts'
import { createEntry } from './entry.ts'
import { createMirror } from './mirror/create-mirror.ts'
import { recorderScript } from './mirror/recorder-script.ts'
import type { AccessOrigins, SignInsThatCount, StreamAuthority } from './ports.ts'
import { createRequestDoor } from './request-door.ts'
import { createServiceGrants } from './service-grants.ts'
import { createWebSocketDoor } from './websocket-door.ts'

export interface AccessProxyOptions {
  readonly origins: AccessOrigins
  readonly authority: StreamAuthority
  readonly signIns: SignInsThatCount
  readonly settings: AccessSettings
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Counts a request of a browser that was not let in; false: too many have come from its address. */
  readonly stranger: (req: IncomingMessage) => boolean
  /** Recorder of the machines' pages; null: operators see none. */
  readonly recorder: Buffer | null
  /** The technician's bar around each page; null: pages open alone. */
  readonly bar: { readonly files: BarFiles; readonly sessions: BarSessions } | null
}

/** Browser to machine: one origin for each service of each session. Its methods never throw and never reject, but for `mint`. */
export interface AccessProxy extends Running {
  /** Whether a request with this `Host` is for this proxy. */
  handles(host: string | undefined): boolean
  request(req: IncomingMessage, res: ServerResponse): void
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /**
   * The address that lets one browser into this service, once, within `limits.codeLifetimeMs`, and for as long as this sign-in counts. Whoever calls it has
   * checked who asks.
   * Errors: `access_origin_failed` (retry).
   */
  mint(sessionId: SessionId, service: ServiceName, signIn: string): Promise<URL>
  /** The same with the bar around it; where there are no bars, the service alone. */
  mintBar(sessionId: SessionId, service: ServiceName, signIn: string): Promise<URL>
}

export function createAccessProxy(options: AccessProxyOptions): AccessProxy {
  const { origins, authority, signIns, settings, clock, random, logger, stranger, recorder } = options
  const address = createAccessAddress(settings)
  const lookup = createAccessLookup(origins, signIns)
  const grants = createServiceGrants({ origins, authority, limits: settings.limits, clock, logger })
  const entry = createEntry({ origins, lookup, signIns, address, settings, clock, random })
  const watch = createAccessWatch({ lookup, clock })
  const bounds = { most: settings.limits.maxRecorderBytes, mostOfPerson: settings.limits.maxRecorderBytesPerPerson }
  const mirror = recorder === null ? null : createMirror({ script: recorderScript(recorder), watch, bounds, clock, random, logger })
  let stopping = false
  const barOf = (label: string): string | null => (options.bar === null ? null : address.barOriginOf(label))
  const shared = {
    address,
    lookup,
    watch,
    mirror,
    grants,
    settings,
    authority,
    clock,
    random,
    logger,
    stranger,
    barOf,
    stopping: () => stopping,
  }
  const requests = createRequestDoor({ ...shared, entry })
  const websockets = createWebSocketDoor(shared)
  const bar = options.bar === null ? null : createBar({ ...shared, ...options.bar, entry })
  return {
    handles: address.handles,
    request(req, res) {
      const label = bar === null ? undefined : address.parseBarHost(req.headers.host)
      if (bar === null || label === undefined) requests(req, res)
      else bar.request(req, res, label)
    },
    upgrade: websockets,
    mint: entry.mint,
    mintBar: (sessionId, service, signIn) => entry.mint(sessionId, service, signIn, bar === null ? 'page' : 'bar'),
    async drain() {
      stopping = true
      bar?.close()
      await grants.idle()
    },
    async close() {
      stopping = true
      bar?.close()
      await Promise.all(grants.list().map((service) => service.end({ code: 'closing', text: 'the gateway stops' })))
    },
  }
}
