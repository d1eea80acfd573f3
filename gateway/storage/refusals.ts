import type { WriteRefusal } from '../database/database.ts'

/** What the stores call it when a row stands, or does not stand, where a change needs it. */
export const staleVersion: WriteRefusal = {
  code: 'stale_version',
  message: 'Somebody changed this in the meantime, or it is gone. Read it again, then decide.',
  remedy: 'conflict',
}

export const lastOfRole: WriteRefusal = {
  code: 'last_of_role',
  message: 'Nobody else who is active has this role. Give it to somebody else first.',
  remedy: 'conflict',
}

export const oneRowOrStale = { changes: 1, otherwise: staleVersion } as const

export const unknown = (what: 'organisation' | 'device' | 'person' | 'session' | 'origin' | 'sign_in'): WriteRefusal => ({
  code: `unknown_${what}`,
  message: `There is no such ${what.replaceAll('_', ' ')}. Nothing was changed.`,
  remedy: 'not_found',
})

export const exists = (what: string): WriteRefusal => ({
  code: `${what}_exists`,
  message: `There is such ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what.replaceAll('_', ' ')} already. Nothing was changed.`,
  remedy: 'conflict',
})
