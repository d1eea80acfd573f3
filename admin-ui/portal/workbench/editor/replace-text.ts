import type { ChangeSpec, Text } from '@codemirror/state'

/** The smallest single change that makes `next` of `before`: the cursor stays where the text around it stays. */
export const changeTo = (before: Text | string, next: string): ChangeSpec | null => {
  const old = before.toString()
  if (old === next) return null
  const most = Math.min(old.length, next.length)
  let from = 0
  while (from < most && old[from] === next[from]) from += 1
  let same = 0
  while (same < most - from && old[old.length - 1 - same] === next[next.length - 1 - same]) same += 1
  return { from, to: old.length - same, insert: next.slice(from, next.length - same) }
}
