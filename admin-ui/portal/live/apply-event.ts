import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import type { LiveEvent } from './follow-events.ts'

/** Lists are read again at most so often, however fast the events come. */
const listsEveryMs = 800

/** Turns events into what react-query knows: a session is put in place at once, lists are marked as out of date together. */
export const createEventApplier = (queries: QueryClient): ((event: LiveEvent) => void) => {
  const waiting = new Map<string, QueryKey>()
  let timer: ReturnType<typeof setTimeout> | null = null
  const flush = (): void => {
    timer = null
    const keys = [...waiting.values()]
    waiting.clear()
    for (const queryKey of keys) void queries.invalidateQueries({ queryKey })
  }
  const readAgain = (...keys: readonly QueryKey[]): void => {
    for (const key of keys) waiting.set(JSON.stringify(key), key)
    timer ??= setTimeout(flush, listsEveryMs)
  }
  return ({ name, data }) => {
    switch (name) {
      case 'session': {
        const session = JSON.parse(data) as Session
        queries.setQueryData(['session', session.id], session)
        return readAgain(['sessions'], ['machines'], ['machine', session.machine.id], ['history', session.id])
      }
      case 'machine': {
        // Which one it was is not said: an id could name one that this person may not see.
        return readAgain(['machine'], ['machines'], ['device'], ['devices'])
      }
      case 'grant':
        return readAgain(['grants'])
      case 'me':
        void queries.invalidateQueries({ queryKey: ['me'] })
        return readAgain(['machines'], ['machine'], ['people'], ['grants'])
      case 'policy': {
        // Of drafts come many while somebody types: only what shows that draft is read again.
        const { draft } = JSON.parse(data) as { draft?: string }
        return draft === undefined ? readAgain(['policy']) : readAgain(['policy', 'draft', draft], ['policy', 'drafts'])
      }
      case 'signed_out':
        return queries.setQueryData(['me'], null)
      case 'resync':
        return void queries.invalidateQueries()
      case 'connected':
      case 'lost':
    }
  }
}
