import type { PersonId } from '../../basics/ids.ts'
import type { PolicySources } from '../policy-files.ts'
import type { PolicyStore } from './revision-store.ts'
import type { Revision } from './revision.ts'

/**
 * Whose words come along with a revision without anybody else having let them decide: authors and contributors of it and of what it was made from, up to
 * the nearest that ever was active. Whoever is among them is an author of what is made from it, too.
 */
export async function undecidedAuthors(store: Pick<PolicyStore, 'findRevision'>, from: string | null): Promise<readonly PersonId[]> {
  const authors = new Set<PersonId>()
  const seen = new Set<string>()
  for (let next = from; next !== null && !seen.has(next);) {
    seen.add(next)
    const standing = await store.findRevision(next)
    if (standing === undefined || standing.wasActive) break
    for (const person of everybodyOf(standing.revision)) authors.add(person)
    next = standing.revision.parent
  }
  return [...authors]
}

const everybodyOf = ({ author, contributors }: Revision): readonly PersonId[] => [...(author === null ? [] : [author]), ...contributors]

/** So many of the newest revisions are looked at. */
const newestLookedAt = 50

/**
 * Whose very text is in `sources` and does not decide yet, whatever it says that it was made from: authors and contributors of revisions that never were
 * active and hold a file with the same path and text, where the active policy has another one. It finds what was copied, not what was written again.
 */
export async function authorsOfSameText(
  store: Pick<PolicyStore, 'listRevisions' | 'bundleOf'>,
  sources: PolicySources,
  active: string | null,
): Promise<readonly PersonId[]> {
  const deciding = active === null ? {} : ((await store.bundleOf(active))?.sources ?? {})
  const changed = Object.entries(sources).filter(([path, text]) => deciding[path] !== text)
  const authors = new Set<PersonId>()
  const { items } = await store.listRevisions({ limit: newestLookedAt, after: null })
  for (const { revision, wasActive } of items) {
    const people = wasActive ? [] : everybodyOf(revision).filter((person) => !authors.has(person))
    if (people.length === 0) continue
    const theirs = (await store.bundleOf(revision.revision))?.sources ?? {}
    if (changed.some(([path, text]) => theirs[path] === text)) for (const person of people) authors.add(person)
  }
  return [...authors]
}
