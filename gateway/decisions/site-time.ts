import type { DecisionTime } from './decision-input.ts'

const formatters = new Map<string, Intl.DateTimeFormat>()

/**
 * The clock at the machine's site. `zone` is an IANA name; one that is not known counts as UTC, and `local.zone` then says so.
 * @param unixS Unix seconds
 */
export function siteTime(unixS: number, zone: string): DecisionTime {
  const known = isTimeZone(zone) ? zone : 'UTC'
  const instant = new Date(unixS * 1000)
  const parts = new Map(
    formatter(known)
      .formatToParts(instant)
      .map((part) => [part.type, part.value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return {
    unix: unixS,
    utc: instant.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    local: {
      date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
      weekday: part('weekday').toLowerCase() as DecisionTime['local']['weekday'],
      hour: Number(part('hour')),
      minute: Number(part('minute')),
      zone: known,
    },
  }
}

export function isTimeZone(zone: string): boolean {
  try {
    formatter(zone)
    return true
  } catch {
    return false
  }
}

/** Making a formatter takes far longer than using it. Only zones that exist are kept, and there are few hundred of them. */
function formatter(zone: string): Intl.DateTimeFormat {
  const kept = formatters.get(zone)
  if (kept !== undefined) return kept
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  formatters.set(zone, made)
  return made
}
