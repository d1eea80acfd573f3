import { readFileSync } from 'node:fs'

/** Linux counts CPU time in hundredths of a second for user space, on every architecture (`USER_HZ`). */
const ticksPerSecond = 100

/** CPU seconds that a process has used so far, all its threads together (proc(5), `stat`). */
const cpuSeconds = (pid: number): number => cpuSecondsOf(`/proc/${pid}/stat`)

/** The same of its main thread alone, on which JavaScript runs. */
export const mainThreadCpuSeconds = (pid: number): number => cpuSecondsOf(`/proc/${pid}/task/${pid}/stat`)

function cpuSecondsOf(file: string): number {
  const stat = readFileSync(file, 'latin1')
  // The name in parentheses may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Resident memory of a process, bytes (proc(5), `status`). */
export function residentBytes(pid: number): number {
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
  return Number(kilobytes) * 1024
}

/** Runs something and says how much CPU time each of these processes used meanwhile, in seconds. */
export async function withCpu<Result>(
  pids: readonly number[],
  run: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly cpu: readonly number[] }> {
  const before = pids.map(cpuSeconds)
  const result = await run()
  return { result, cpu: pids.map((pid, index) => cpuSeconds(pid) - (before[index] ?? 0)) }
}
