/** What somebody typed and no gateway has yet. */
export interface UnsavedText {
  readonly text: string
  /** When the last key was, Unix milliseconds. */
  readonly typedMs: number
}

const prefix = 'sallyport.unsaved.'
const mostTexts = 20
/** UTF-16 units: two of the greatest files fit into what a browser gives one site (5 MiB). */
const longestText = 1_000_000
const keptForMs = 14 * 86_400_000

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/**
 * Texts of one person that could not be saved, by draft and file. They outlive the page, and end when they are saved or thrown away, with the
 * sign-out, when somebody else works in this browser, and after fourteen days.
 */
export const createUnsavedTexts = (storage: Kept, person: string, nowMs: () => number) => {
  const mine = `${prefix}${person} `
  const keyOf = (draft: string, path: string): string => `${mine}${draft} ${path}`
  for (const key of keysOf(storage)) {
    const kept = readKept(storage.getItem(key))
    if (!key.startsWith(mine) || kept === null || kept.typedMs < nowMs() - keptForMs) storage.removeItem(key)
  }
  return {
    find: (draft: string, path: string): UnsavedText | null => readKept(storage.getItem(keyOf(draft, path))),
    /** @returns whether it is kept: not where it is too long, or the browser has no room for it */
    keep(draft: string, path: string, text: string): boolean {
      const key = keyOf(draft, path)
      if (text.length > longestText) {
        storage.removeItem(key)
        return false
      }
      const others = keysOf(storage).filter((other) => other !== key)
      const oldestFirst = others.toSorted((a, b) => typedAt(storage, a) - typedAt(storage, b))
      for (const oldest of oldestFirst.slice(0, Math.max(0, others.length - mostTexts + 1))) storage.removeItem(oldest)
      try {
        storage.setItem(key, JSON.stringify({ text, typedMs: nowMs() } satisfies UnsavedText))
        return true
      } catch {
        // No room, or none allowed: the page still holds it, and asks before it is left.
        return false
      }
    },
    drop: (draft: string, path: string): void => storage.removeItem(keyOf(draft, path)),
  }
}

/** For the sign-out: nothing that was typed stays in this browser. */
export const forgetUnsavedTexts = (storage: Kept): void => {
  for (const key of keysOf(storage)) storage.removeItem(key)
}

const keysOf = (storage: Kept): string[] =>
  Array.from({ length: storage.length }, (_, index) => storage.key(index)).filter((key): key is string => key?.startsWith(prefix) ?? false)

const typedAt = (storage: Kept, key: string): number => readKept(storage.getItem(key))?.typedMs ?? 0

const readKept = (raw: string | null): UnsavedText | null => {
  if (raw === null) return null
  try {
    const kept: unknown = JSON.parse(raw)
    if (typeof kept !== 'object' || kept === null || !('text' in kept) || !('typedMs' in kept)) return null
    return typeof kept.text === 'string' && typeof kept.typedMs === 'number' ? { text: kept.text, typedMs: kept.typedMs } : null
  } catch {
    return null
  }
}
