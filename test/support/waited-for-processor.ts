import { readFileSync } from 'node:fs'

/** How long the main thread of a process had something to do and waited for a processor, ms (proc(5), `schedstat`); 0 where nobody counts it. */
export function waitedMs(pid: number | 'self'): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1_000_000
  } catch {
    return 0
  }
}
