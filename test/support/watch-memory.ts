import { execFileSync } from 'node:child_process'

interface Growth {
  readonly startMb: number
  readonly peakMb: number
  readonly growthMb: number
}

/** Resident memory of processes from now on. */
export function watchMemory<Name extends string>(pids: Readonly<Record<Name, number>>): { stop(): Record<Name, Growth> } {
  const names = Object.keys(pids) as Name[]
  const residentMb = (name: Name): number =>
    Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pids[name])]).toString()) / 1024)
  const start = new Map(names.map((name) => [name, residentMb(name)]))
  const peak = new Map(start)
  const timer = setInterval(() => {
    for (const name of names) peak.set(name, Math.max(peak.get(name) ?? 0, residentMb(name)))
  }, 250)
  return {
    stop: () => {
      clearInterval(timer)
      const grown = (name: Name): Growth => {
        const [startMb = 0, peakMb = 0] = [start.get(name), peak.get(name)]
        return { startMb, peakMb, growthMb: peakMb - startMb }
      }
      return Object.fromEntries(names.map((name) => [name, grown(name)])) as Record<Name, Growth>
    },
  }
}
