import { createHash } from 'node:crypto'
import { CodedError } from '../../gateway/basics/coded-error.ts'
import type { Photo } from './account-store.ts'
import { jpegSize } from './jpeg-size.ts'

const maxPhotoBytes = 64 * 1024
const maxPhotoSide = 1024

/** A photo that other programs may show. @throws photo_too_large, photo_invalid */
export function readPhoto(bytes: Uint8Array): Photo {
  if (bytes.length > maxPhotoBytes)
    throw refused('photo_too_large', `The photo has ${bytes.length} bytes; at most ${maxPhotoBytes} are taken. Send a smaller one.`)
  const size = jpegSize(bytes)
  if (size === undefined) throw refused('photo_invalid', 'This is not a JPEG image. Send the photo as image/jpeg.')
  if (size.width > maxPhotoSide || size.height > maxPhotoSide) {
    throw refused(
      'photo_too_large',
      `The photo has ${size.width} x ${size.height} pixels; at most ${maxPhotoSide} x ${maxPhotoSide} are taken.`,
    )
  }
  return { jpeg: bytes, sha256: createHash('sha256').update(bytes).digest('base64') }
}

const refused = (code: string, message: string): CodedError => new CodedError({ code, message, remedy: 'fix' })
