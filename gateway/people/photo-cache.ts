import { LRUCache } from 'lru-cache'
import type { IdentityProvider } from './identity-provider.ts'
import type { Person } from './person.ts'

/** Photos by their digest, so that one that was replaced is never shown. Without a photo, or without the provider, there is none: the operator sees that too. */
export function createPhotoCache(provider: IdentityProvider): { photoOf(person: Person): Promise<Buffer | null> } {
  const cache = new LRUCache<string, Buffer>({ max: 500 })
  return {
    async photoOf(person) {
      if (person.photoSha256 === null) return null
      const key = `${person.id} ${person.photoSha256}`
      const known = cache.get(key)
      if (known !== undefined) return known
      const photo = await provider.photo(person.subject).catch(() => null)
      if (photo !== null) cache.set(key, photo)
      return photo
    },
  }
}
