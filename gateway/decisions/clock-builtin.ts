import { isTimeZone, siteTime } from './site-time.ts'

/**
 * What the Wasm engine does not have itself: `time.clock([nanoseconds, zone])`, hour, minute and second by the clock of an IANA zone (without one
 * or with an empty name UTC). Undefined for anything else, as `opa eval` has it. JSON numbers hold whole seconds exactly, not nanoseconds.
 */
export const clockBuiltin = { 'time.clock': clock } as const

function clock(when: unknown): readonly [number, number, number] | undefined {
  const [nanoseconds, zone = '']: readonly unknown[] = Array.isArray(when) ? when : [when]
  if (typeof nanoseconds !== 'number' || typeof zone !== 'string') return undefined
  const unixS = Math.floor(nanoseconds / 1e9)
  if (Math.abs(nanoseconds) >= 2 ** 63 || !isTimeZone(zone || 'UTC')) return undefined
  const { hour, minute } = siteTime(unixS, zone || 'UTC').local
  return [hour, minute, ((unixS % 60) + 60) % 60]
}
