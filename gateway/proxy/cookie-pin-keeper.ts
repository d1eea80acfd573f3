import type { Logger } from '../basics/logger.ts'
import type { AccessOrigins, CookiePin } from './ports.ts'

/**
 * Stores the pins of one origin as they change, one write at a time; what changes meanwhile goes into the next. An answer does not wait for it: what a crash
 * loses is learnt again.
 */
export function createCookiePinKeeper(options: {
  readonly origins: Pick<AccessOrigins, 'pinCookies'>
  readonly label: string
  readonly logger: Logger
}): (pin: CookiePin) => void {
  let changed = new Map<string, CookiePin>()
  let writing = false
  const write = async (): Promise<void> => {
    if (writing || changed.size === 0) return
    writing = true
    const pins = [...changed.values()]
    changed = new Map()
    try {
      await options.origins.pinCookies(options.label, pins)
    } catch (error) {
      options.logger.warn({ err: error, count: pins.length }, 'what a machine set as HttpOnly could not be kept over a restart')
    }
    writing = false
    void write()
  }
  return (pin) => {
    changed.set(pin.name, pin)
    void write()
  }
}
