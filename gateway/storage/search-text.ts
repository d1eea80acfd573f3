import { sql } from 'kysely'
import type { RawBuilder, SqlBool } from 'kysely'
import { CodedError } from '../basics/coded-error.ts'

const maxSearchLength = 256

/** Folded here and not by the database: SQLite folds ASCII alone, PostgreSQL by its locale. */
export const folded = (text: string): string => text.normalize('NFC').toLowerCase()

/** What a row is found by. Lines keep a search from matching across two fields. */
export const searchText = (...fields: readonly string[]): string => fields.map(folded).join('\n')

/**
 * The column `search` contains this text, letter for letter: `%` and `_` are nothing special.
 *
 * @throws CodedError `search_too_long`
 */
export function matchesSearch(text: string): RawBuilder<SqlBool> {
  if (text.length > maxSearchLength) {
    throw new CodedError({ code: 'search_too_long', message: `Search for at most ${maxSearchLength} characters.`, remedy: 'fix' })
  }
  return sql<SqlBool>`search LIKE ${`%${escapedLike(folded(text))}%`} ESCAPE '\\'`
}

export const escapedLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')
