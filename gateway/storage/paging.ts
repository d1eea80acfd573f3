import { CodedError } from '../basics/coded-error.ts'
import type { Page } from '../basics/page.ts'

/** The sort key of the last row of a page, as opaque text. */
export const encodeCursor = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url')

type KeyOf<Kinds extends readonly ('text' | 'number')[]> = { [Index in keyof Kinds]: Kinds[Index] extends 'text' ? string : number }

/** Only what {@link encodeCursor} writes, to the letter: other spellings of a key, and bytes that are no UTF-8, came from somebody else. @throws CodedError `invalid_cursor` */
export function decodeCursor<const Kinds extends readonly ('text' | 'number')[]>(cursor: string, kinds: Kinds): KeyOf<Kinds> {
  const key = parsed(cursor)
  const fits =
    Array.isArray(key) &&
    key.length === kinds.length &&
    kinds.every((kind, index) => (kind === 'text' ? typeof key[index] === 'string' : Number.isSafeInteger(key[index])))
  if (fits && encodeCursor(key as KeyOf<Kinds>) === cursor) return key as KeyOf<Kinds>
  throw new CodedError({
    code: 'invalid_cursor',
    message: 'The cursor of the page is not one that this list gave. Begin at the first page.',
    remedy: 'fix',
  })
}

function parsed(cursor: string): unknown {
  try {
    return cursor.length > 2_000 ? undefined : JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** @throws CodedError `invalid_limit` */
export function checkedLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 200) return limit
  throw new CodedError({ code: 'invalid_limit', message: 'A page has 1 to 200 items.', remedy: 'fix' })
}

/** `rows` are up to one more than `limit`: the one too many says that there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => readonly (string | number)[],
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null }
}
