import { InvalidArgumentError } from 'commander'

const unitS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }

/** `90s`, `30m`, `2h`, `1h30m` -> seconds. @throws InvalidArgumentError */
export function durationOf(text: string): number {
  if (!/^(?:\d{1,5}[hms])+$/.test(text)) throw new InvalidArgumentError('Write it like 30m, 2h or 1h30m.')
  return [...text.matchAll(/(\d+)([hms])/g)].reduce((sum, [, count, unit = 's']) => sum + Number(count) * (unitS[unit] ?? 0), 0)
}
