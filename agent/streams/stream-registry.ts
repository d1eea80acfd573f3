import type { Clock } from '../basics/clock.ts'
import { createConduct } from './session-conduct.ts'
import type { ConductSwitch, SessionConduct } from './session-conduct.ts'

export interface StreamCounters {
  readonly openStreams: number
  /** Bytes from the technician to the machine. */
  readonly bytesUp: number
  /** Bytes from the machine to the technician. */
  readonly bytesDown: number
}

export interface StreamHandle {
  up(bytes: number): void
  down(bytes: number): void
  readonly conduct: SessionConduct
  /** Takes it out of the registry; may be called twice. */
  close(): void
}

/** Every open stream, by session and service: what is not in here cannot be cut, so nothing opens without being here. */
export interface StreamRegistry {
  /** `destroy` ends the stream and its connection to the local service before it returns. */
  add(session: string, service: string, destroy: () => void): StreamHandle
  /** Something that goes with a session's streams, such as a pool of idle connections. */
  attach(session: string, destroy: () => void): void
  counters(session: string, service: string): StreamCounters
  openStreams(session: string): number
  /** Unix milliseconds when last a byte passed. */
  lastActivityMs(session: string): number | null
  /** How this session goes on, for what is open and for what comes. */
  conductOf(session: string): ConductSwitch
  /** What `isHeld` says may be another. */
  holdAnew(): void
  /** The session is over. */
  cutSession(session: string): void
  /** It goes on, and may open others. */
  cutStreams(session: string): void
  /** The tunnel is gone: all streams with it; the counters stay. */
  cutAll(): void
}

interface ServiceStreams {
  open: number
  up: number
  down: number
  readonly conduct: ConductSwitch
}

interface SessionStreams {
  readonly services: Map<string, ServiceStreams>
  readonly destroyers: Set<() => void>
  readonly conduct: ConductSwitch
  lastActivityMs: number | null
}

export interface StreamRegistryOptions {
  readonly clock: Clock
  readonly onActivity: () => void
  /** No byte of this service passes now, in any session. */
  readonly isHeld: (service: string) => boolean
}

export function createStreamRegistry(options: StreamRegistryOptions): StreamRegistry {
  const sessions = new Map<string, SessionStreams>()
  const of = (session: string): SessionStreams => {
    const found = sessions.get(session) ?? {
      services: new Map(),
      destroyers: new Set(),
      conduct: createConduct(),
      lastActivityMs: null,
    }
    sessions.set(session, found)
    return found
  }
  const serviceOf = (streams: SessionStreams, service: string): ServiceStreams => {
    const found = streams.services.get(service)
    if (found !== undefined) return found
    const made = { open: 0, up: 0, down: 0, conduct: createConduct(streams.conduct) }
    made.conduct.hold(options.isHeld(service))
    streams.services.set(service, made)
    return made
  }
  const cut = (streams: SessionStreams): void => {
    const all = [...streams.destroyers]
    streams.destroyers.clear()
    for (const destroy of all) destroy()
  }
  return {
    add: (session, service, destroy) => {
      const streams = of(session)
      const counters = serviceOf(streams, service)
      streams.destroyers.add(destroy)
      counters.open += 1
      options.onActivity()
      let open = true
      const seen = (): void => {
        streams.lastActivityMs = options.clock.nowMs()
        options.onActivity()
      }
      return {
        conduct: counters.conduct,
        up: (bytes) => {
          counters.up += bytes
          seen()
        },
        down: (bytes) => {
          counters.down += bytes
          seen()
        },
        close: () => {
          if (!open) return
          open = false
          counters.open -= 1
          streams.destroyers.delete(destroy)
          options.onActivity()
        },
      }
    },
    attach: (session, destroy) => void of(session).destroyers.add(destroy),
    counters: (session, service) => {
      const found = sessions.get(session)?.services.get(service)
      return { openStreams: found?.open ?? 0, bytesUp: found?.up ?? 0, bytesDown: found?.down ?? 0 }
    },
    openStreams: (session) => [...(sessions.get(session)?.services.values() ?? [])].reduce((sum, { open }) => sum + open, 0),
    lastActivityMs: (session) => sessions.get(session)?.lastActivityMs ?? null,
    conductOf: (session) => of(session).conduct,
    holdAnew: () => {
      for (const { services } of sessions.values()) for (const [service, { conduct }] of services) conduct.hold(options.isHeld(service))
    },
    cutSession: (session) => {
      const streams = sessions.get(session)
      sessions.delete(session)
      if (streams !== undefined) cut(streams)
    },
    cutStreams: (session) => {
      const streams = sessions.get(session)
      if (streams !== undefined) cut(streams)
    },
    cutAll: () => {
      for (const streams of sessions.values()) cut(streams)
    },
  }
}
