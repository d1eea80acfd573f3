import type { EpochState } from './log-side.ts'

const mostListed = 10

/** Step 12: what lies after the newest head that the other side confirmed, in words with its age; null where nothing does. */
export function unconfirmed({ tail, exported }: EpochState): string | null {
  const first = tail[0]
  if (first === undefined) return null
  const listed = tail.slice(0, mostListed).map(({ seq, type, time }) => `${seq} ${type} (${ageOf(exported - time)})`)
  const more = tail.length > mostListed ? `, and ${tail.length - mostListed} more` : ''
  return `${tail.length === 1 ? 'one entry is' : `${tail.length} entries are`} not confirmed; age at the export: ${listed.join(', ')}${more}`
}

function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}

/** The other side confirmed the first `size` entries. */
export function confirm(epoch: EpochState, size: number): void {
  if (size <= epoch.confirmed) return
  epoch.confirmed = size
  epoch.tail = epoch.tail.filter(({ seq }) => seq >= size)
}
