import type { DecisionTime } from './decision-input.ts'

/** Making a formatter takes far longer than using it, and lists ask about one second again and again. */
interface Zone {
  readonly formatter: Intl.DateTimeFormat
  last: DecisionTime | null
}

/** Only zones that exist are kept, and there are few hundred of them. */
const zones = new Map<string, Zone>()

/**
 * The clock at the machine's site. `zone` is an IANA name; one that is not known counts as UTC, and `local.zone` then says so.
 * @param unixS Unix seconds
 */
export function siteTime(unixS: number, zone: string): DecisionTime {
  const name = isTimeZone(zone) ? zone : 'UTC'
  const known = zoneOf(name)
  if (known.last?.unix !== unixS) known.last = timeIn(known.formatter, unixS, name)
  return known.last
}

function timeIn(formatter: Intl.DateTimeFormat, unixS: number, zone: string): DecisionTime {
  const instant = new Date(unixS * 1000)
  const parts = new Map(formatter.formatToParts(instant).map((part) => [part.type, part.value]))
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  // Many questions hold the same one.
  return Object.freeze({
    unix: unixS,
    utc: instant.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    local: Object.freeze({
      date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
      weekday: part('weekday').toLowerCase() as DecisionTime['local']['weekday'],
      hour: Number(part('hour')),
      minute: Number(part('minute')),
      zone,
    }),
  })
}

export function isTimeZone(zone: string): boolean {
  try {
    zoneOf(zone)
    return true
  } catch {
    return false
  }
}

function zoneOf(name: string): Zone {
  const kept = zones.get(name)
  if (kept !== undefined) return kept
  const made: Zone = {
    formatter: new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      weekday: 'long',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    }),
    last: null,
  }
  zones.set(name, made)
  return made
}
