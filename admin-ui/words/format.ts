import type { Language } from './language.tsx'

const two = (value: number): string => String(value).padStart(2, '0')

/** Seconds as `1 h 05 min`, `12 min`, `40 s`: the same signs in every language of ours. */
export const formatDuration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${two(whole % 60)} s`
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** Seconds as `1:05:09` or `4:07`, for countdowns. */
export const formatCountdown = (seconds: number): string => {
  const whole = Math.max(0, Math.ceil(seconds))
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${rest}` : rest.replace(/^0(?=\d:)/u, '')
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `3 minutes ago`, `in 2 days`; within a minute: `now`. */
export const formatRelative = (language: Language, instantMs: number, nowMs: number): string => {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const seconds = (instantMs - nowMs) / 1000
  const step = steps.find(([, size]) => Math.abs(seconds) >= size)
  return step === undefined ? relative.format(0, 'second') : relative.format(Math.trunc(seconds / step[1]), step[0])
}

const dateTime: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }

/** Local time with its zone, and UTC: `24 Nov 2026, 07:10:00 (Europe/Berlin) · 24 Nov 2026, 06:10:00 UTC`. */
export const formatExact = (language: Language, instantMs: number): string => {
  const locale = language === 'en' ? 'en-GB' : language
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone
  const at = new Date(instantMs)
  return `${new Intl.DateTimeFormat(locale, dateTime).format(at)} (${zone}) · ${new Intl.DateTimeFormat(locale, { ...dateTime, timeZone: 'UTC' }).format(at)} UTC`
}

const moment: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }

/** `24 Nov, 07:10`: day and minute, for people who stand before it. */
export const formatMoment = (language: Language, instantMs: number): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, moment).format(new Date(instantMs))

/** The same by the clock in another zone, which is named where it is not the reader's own: `24 Nov, 07:10 (Europe/Berlin)`. */
export const formatMomentAt = (language: Language, instantMs: number, zone?: string): string => {
  if (zone === undefined || zone === new Intl.DateTimeFormat().resolvedOptions().timeZone) return formatMoment(language, instantMs)
  const text = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { ...moment, timeZone: zone }).format(new Date(instantMs))
  return `${text} (${zone})`
}

/** `07:10:05`, for what follows one another. */
export const formatSecond = (language: Language, instantMs: number): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(instantMs))

export const formatDate = (language: Language, instantMs: number): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'medium' }).format(new Date(instantMs))

export const formatClock = (language: Language, instantMs: number): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(instantMs),
  )

export const formatList = (language: Language, items: readonly string[]): string =>
  new Intl.ListFormat(language, { type: 'conjunction' }).format(items)

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

export const formatBytes = (language: Language, bytes: number): string => {
  const power = Math.min(byteUnits.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const unit = byteUnits[power] ?? 'byte'
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power)
}

/** `97 %`, `12,5 %`: at most one digit behind the point. */
export const formatPercent = (language: Language, percent: number): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(percent / 100)

export const formatNumber = (language: Language, value: number): string => new Intl.NumberFormat(language).format(value)

/** Of something that is quick: `0.4 ms`, `35 ms`. */
export const formatMilliseconds = (language: Language, ms: number): string =>
  `${new Intl.NumberFormat(language, { maximumSignificantDigits: ms < 1 ? 1 : 2 }).format(ms)} ms`
