import { DatabaseSync } from 'node:sqlite'
import { decodeCursor, encodeCursor } from '../../../../gateway/storage/paging.ts'
import { escapedLike, folded, searchText } from '../../../../gateway/storage/search-text.ts'
import { type FuzzTarget, holds, valueOrRefusal } from '../fuzz-target.ts'

const database = new DatabaseSync(':memory:')
const like = database.prepare(`SELECT ? LIKE ? ESCAPE '\\' AS found`)

/** Cursors and searches that anybody who signed in can send: `invalid_cursor` or a key; LIKE of a real SQLite finds what `includes` finds. */
export const target: FuzzTarget = {
  name: 'cursors',
  covers: ['gateway/storage/paging.ts', 'gateway/storage/search-text.ts'],
  mostBytes: 4 * 1024,
  seeds: [encodeCursor(['a', 1]), encodeCursor(['', -0]), '100%_a\\b', 'Größe\nPresse', '["a",1]'],
  words: ['%', '_', '\\', '\n', '["a",', '1e999', '-0'],
  attempt(bytes) {
    const text = bytes.toString('utf8')
    for (const cursor of [text, bytes.toString('base64url')]) {
      const key = valueOrRefusal(['invalid_cursor'], () => decodeCursor(cursor, ['text', 'number']))
      if (key === undefined) continue
      holds(typeof key[0] === 'string' && Number.isSafeInteger(key[1]), 'a key of other kinds')
      holds(JSON.stringify(decodeCursor(encodeCursor(key), ['text', 'number'])) === JSON.stringify(key), 'written again it is another')
    }
    const half = text.length >> 1
    const row = searchText(text.slice(half), text)
    for (const search of [text.slice(0, 200), text.slice(half, half + 5), `${text.slice(0, 3)}_`]) {
      const found = like.get(row, `%${escapedLike(folded(search))}%`)?.['found']
      // SQLite ends a text at NUL, and takes a lone surrogate for a replacement character.
      const plain = row.isWellFormed() && search.isWellFormed() && !row.includes('\0') && !search.includes('\0')
      if (plain) holds((found === 1) === row.includes(folded(search)), `LIKE finds ${String(found)}`)
    }
  },
}
