import { LRUCache } from 'lru-cache'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { AccessLimits } from './access-settings.ts'
import { createAuthorizedService, type AuthorizedService } from './authorized-service.ts'
import { createCookiePinKeeper } from './cookie-pin-keeper.ts'
import { createMachineCookies, type MachineCookies } from './machine-cookies.ts'
import type { AccessOrigin, AccessOrigins, StreamAuthority, StreamDenied } from './ports.ts'

/** Every grant that holds now, at most one for each origin; asked for when the first request comes, and again after it was withdrawn. */
export interface ServiceGrants {
  authorize(origin: AccessOrigin): Promise<AuthorizedService | StreamDenied>
  list(): readonly AuthorizedService[]
  /** Resolves when no exchange is under way. WebSockets are told to close (1001) at once: they would never end by themselves. */
  idle(): Promise<void>
}

export interface ServiceGrantsOptions {
  readonly origins: Pick<AccessOrigins, 'cookiePins' | 'pinCookies'>
  readonly authority: StreamAuthority
  readonly limits: AccessLimits
  readonly clock: Clock
  readonly logger: Logger
}

export function createServiceGrants(options: ServiceGrantsOptions): ServiceGrants {
  const granted = new Map<string, AuthorizedService>()
  const asked = new Map<string, Promise<AuthorizedService | StreamDenied>>()
  /** Outlive a grant, and by the store a restart: what a machine's origin set stays set. */
  const cookies = new LRUCache<string, MachineCookies>({ max: 2_000 })

  const cookiesOf = async (label: string): Promise<MachineCookies> => {
    const known = cookies.get(label)
    if (known !== undefined) return known
    const { origins, logger } = options
    const jar = createMachineCookies(await origins.cookiePins(label), createCookiePinKeeper({ origins, label, logger }))
    cookies.set(label, jar)
    return jar
  }

  const ask = async (origin: AccessOrigin): Promise<AuthorizedService | StreamDenied> => {
    const jar = await cookiesOf(origin.label)
    const answer = await options.authority.authorize(origin.sessionId, origin.service)
    if (answer.denied === true) return answer
    if (answer.sessionId !== origin.sessionId || answer.service !== origin.service)
      throw new Error('the grant is for another session or service')
    if (answer.signal.aborted) return { denied: true, code: 'session_over', message: 'This session is over.' }
    const { limits, clock } = options
    const service = createAuthorizedService({ grant: answer, cookies: jar, limits, clock, onEnd: () => granted.delete(origin.label) })
    granted.set(origin.label, service)
    return service
  }

  return {
    authorize(origin) {
      const service = granted.get(origin.label)
      if (service !== undefined) return Promise.resolve(service)
      const pending = asked.get(origin.label) ?? ask(origin).finally(() => asked.delete(origin.label))
      asked.set(origin.label, pending)
      return pending.catch((error: unknown) => {
        options.logger.error({ err: error, session: origin.sessionId, service: origin.service }, 'the authority for streams failed')
        return { denied: true, code: 'unknown', message: '' } as const
      })
    },
    list: () => [...granted.values()],
    async idle() {
      await Promise.all([...granted.values()].map((service) => service.idle()))
    },
  }
}
