import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { IdentityProvider } from './identity-provider.ts'
import type { Person } from './person.ts'

const maxPhotoBytes = 64 * 1024
const maxPhotos = 500

/**
 * Photos by their digest. What the provider sends counts only where it is that photo: one that was replaced a moment ago is shown as none,
 * never as another. Without a photo, or without the provider, there is none: the operator sees that too.
 */
export function createPhotoCache(provider: Pick<IdentityProvider, 'photo'>): { photoOf(person: Person): Promise<Buffer | null> } {
  const cache = new LRUCache<string, Buffer>({ max: maxPhotos })
  return {
    async photoOf({ photoSha256, subject }) {
      if (photoSha256 === null) return null
      const known = cache.get(photoSha256)
      if (known !== undefined) return known
      const photo = await provider.photo(subject).catch(() => null)
      if (photo === null || photo.length > maxPhotoBytes || digestOf(photo) !== photoSha256) return null
      cache.set(photoSha256, photo)
      return photo
    },
  }
}

const digestOf = (photo: Buffer): string => createHash('sha256').update(photo).digest('base64')
