import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { testJpeg } from '../../idp/test-support/test-jpeg.ts'
import { examplePerson } from '../storage/testing/example-records.ts'
import type { Person } from './person.ts'
import { createPhotoCache } from './photo-cache.ts'
import { PeopleWorld } from './testing/people-world.ts'

const digest = (photo: Buffer): string => createHash('sha256').update(photo).digest('base64')
const withPhoto = (photo: Buffer): Person => examplePerson('Ada', { photoSha256: digest(photo) })

/** A provider that sends these, one after the other, and counts. */
function sending(...photos: (Buffer | null)[]): { asked: number; photo(): Promise<Buffer | null> } {
  return {
    asked: 0,
    async photo() {
      this.asked += 1
      return photos.length > 1 ? (photos.shift() ?? null) : (photos[0] ?? null)
    },
  }
}

describe('photos', () => {
  it('are read once and kept by their digest', async () => {
    const photo = testJpeg(8, 8)
    const provider = sending(photo)
    const photos = createPhotoCache(provider)
    expect(await photos.photoOf(withPhoto(photo))).toEqual(photo)
    expect(await photos.photoOf(withPhoto(photo))).toEqual(photo)
    expect(provider.asked).toBe(1)
  })

  it('are none where the person has none: nobody is asked', async () => {
    const provider = sending(testJpeg(8, 8))
    expect(await createPhotoCache(provider).photoOf(examplePerson('Ada'))).toBeNull()
    expect(provider.asked).toBe(0)
  })

  it('are none where another photo comes than the one that was announced, and that one is not kept', async () => {
    const [old, replaced] = [testJpeg(8, 8), testJpeg(9, 9)]
    const photos = createPhotoCache(sending(replaced, old))
    expect(await photos.photoOf(withPhoto(old))).toBeNull()
    expect(await photos.photoOf(withPhoto(old))).toEqual(old)
  })

  it('are none where the provider does not answer, or sends more than a machine takes', async () => {
    const silent = { photo: () => Promise.reject(new Error('gone')) }
    expect(await createPhotoCache(silent).photoOf(withPhoto(testJpeg(8, 8)))).toBeNull()
    const large = Buffer.alloc(64 * 1024 + 1)
    expect(await createPhotoCache(sending(large)).photoOf(withPhoto(large))).toBeNull()
  })

  it('are kept for 500 at most: the one that was not asked for longest goes first', async () => {
    const all = Array.from({ length: 501 }, (_, n) => testJpeg(8 + n, 8))
    const provider = sending(...all, all[0] as Buffer)
    const photos = createPhotoCache(provider)
    for (const photo of all) expect(await photos.photoOf(withPhoto(photo))).toEqual(photo)
    await photos.photoOf(withPhoto(all[500] as Buffer))
    expect(provider.asked).toBe(501)
    await photos.photoOf(withPhoto(all[0] as Buffer))
    expect(provider.asked).toBe(502)
  })
})

describe('what is put as a photo', () => {
  it('is a JPEG of at most 64 KiB and 1024 pixels a side, or is refused in words', async () => {
    await using world = await PeopleWorld.make()
    const { person } = await world.create('mia')
    const put = (bytes: Buffer): Promise<void> => world.room.provider.putPhoto(person.subject, bytes)
    await expect(put(Buffer.from('<svg onload="alert(1)">'))).rejects.toMatchObject({ code: 'photo_invalid', remedy: 'fix' })
    await expect(put(Buffer.concat([testJpeg(8, 8).subarray(0, -2)]))).rejects.toMatchObject({ code: 'photo_invalid' })
    await expect(put(testJpeg(0, 8))).rejects.toMatchObject({ code: 'photo_invalid' })
    await expect(put(testJpeg(1025, 8))).rejects.toMatchObject({ code: 'photo_too_large' })
    await expect(put(Buffer.concat([testJpeg(8, 8), Buffer.alloc(64 * 1024)]))).rejects.toMatchObject({ code: 'photo_too_large' })
    await put(testJpeg(8, 8))
    expect(await world.room.provider.photo(person.subject)).toEqual(testJpeg(8, 8))
    await world.room.provider.deletePhoto(person.subject)
    await world.room.provider.deletePhoto(person.subject)
    expect(await world.room.provider.photo(person.subject)).toBeNull()
  })
})
