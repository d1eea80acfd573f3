import { expect, it } from 'vitest'
import { runSoak, type SoakFigures } from './soak/run-soak.ts'

/**
 * R20 of security.md, section 4.1. Three minutes of it in `npm run test:long`; all of it with `SALLYPORT_SOAK_MINUTES=30`. The machines,
 * sessions and their work are the same. The times are printed and not judged: whatever else runs on this machine is in them.
 */
const minutes = Number(process.env['SALLYPORT_SOAK_MINUTES'] ?? 3)
const size = { minutes, sessions: 50, coming: 5, idle: 445 }
/** From here on memory has come to rest, and its slope says something. */
const longEnoughForSlope = 10
const mostMegabytesPerHour = 60

it(
  `${minutes} minutes of people, machines and lines that come and go fail nobody and leave nothing behind`,
  async () => {
    const figures = await runSoak(size, print)
    expect(figures.failures.slice(0, 20)).toEqual([])
    // Each of the fifty asks four times a second when this computer has nothing else to do.
    expect(figures.requests).toBeGreaterThan(minutes * 5_000)
    for (const [before, after] of Object.values(figures.openFiles)) expect(after).toBeLessThanOrEqual(before)
    if (minutes < longEnoughForSlope) return
    for (const { perHour } of Object.values(figures.memory)) expect(perHour).toBeLessThan(mostMegabytesPerHour)
  },
  (minutes + 30) * 60_000,
)

function print(figures: SoakFigures): void {
  const { failures, memory, openFiles, ...rest } = figures
  const rows = Object.entries(rest).map(([name, value]) => [name, Number(value.toFixed(1))] as const)
  const lines = [
    ...rows,
    ['failures', failures.length] as const,
    ...(['gateway', 'agents'] as const).flatMap((name) => [
      [`${name}: memory`, `at most ${memory[name].megabytes} MB`] as const,
      [`${name}: held, minute by minute`, `${memory[name].held.join(' ')} MB`] as const,
      [`${name}: held, over the second half`, `${memory[name].perHour.toFixed(1)} MB an hour`] as const,
      [`${name}: open files before and after`, openFiles[name].join(', ')] as const,
    ]),
  ]
  process.stdout.write(
    `${failures.slice(0, 20).join('\n')}\nsoak\n${lines.map(([name, value]) => `  ${name.padEnd(36)} ${value}\n`).join('')}`,
  )
}
