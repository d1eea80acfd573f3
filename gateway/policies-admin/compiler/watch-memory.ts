import { readFile } from 'node:fs/promises'

export interface WatchMemoryOptions {
  readonly pid: number
  readonly mostBytes: number
  readonly onTooMuch: () => void
}

const everyMs = 25
const pageBytes = 4096

/**
 * Looks at the resident memory of a process (`/proc/<pid>/statm`, in pages of 4 KiB) until it is gone. Where there is no `/proc`, nothing is
 * seen: there Go's own soft limit must do. Gives back the way to stop.
 */
export function watchMemory({ pid, mostBytes, onTooMuch }: WatchMemoryOptions): () => void {
  let stopped = false
  const look = async (): Promise<void> => {
    const resident = await residentBytes(pid)
    if (stopped || resident === null) return
    if (resident > mostBytes) return onTooMuch()
    timer = setTimeout(() => void look(), everyMs)
  }
  let timer = setTimeout(() => void look(), everyMs)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

async function residentBytes(pid: number): Promise<number | null> {
  try {
    const [, pages] = (await readFile(`/proc/${pid}/statm`, 'latin1')).split(' ')
    return Number(pages) * pageBytes
  } catch {
    return null
  }
}
