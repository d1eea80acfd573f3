import type { IncomingMessage } from 'node:http'
import { fetchedAhead } from '../fetch-metadata.ts'
import { refuse, type Refusal } from '../refusal.ts'

/**
 * The bar's pages alone may ask for what is behind it, and people for its page. Machines' pages are of the same site, so no cookie tells them apart: the
 * browser's own word does (Fetch Metadata), and of what changes something `Origin`, which every browser sends there. `isCall`: its scripts ask
 * for it, and nobody has it before him.
 */
export function foreignToBar(
  { method = '', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  origin: string,
  isCall: boolean,
): Refusal | undefined {
  const ahead = fetchedAhead(headers)
  if (ahead !== undefined) return ahead
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers
  if (method === 'GET' && mode === 'navigate') {
    const isShown = !isCall && (destination === 'document' || destination === undefined)
    return isShown ? undefined : refuse('not_allowed', 'foreign_page')
  }
  const fromElsewhere = site !== undefined && site !== 'same-origin'
  const unvouched = headers.origin === undefined ? method !== 'GET' : headers.origin !== origin
  return fromElsewhere || unvouched ? refuse('not_allowed', 'foreign_page') : undefined
}
