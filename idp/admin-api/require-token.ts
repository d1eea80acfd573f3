import { createHash, timingSafeEqual } from 'node:crypto'
import { CodedError } from '../../gateway/basics/coded-error.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A check of the `Authorization` header in constant time. @throws unauthorized */
export function requireToken(token: string): (header: string | undefined) => void {
  const expected = digest(`Bearer ${token}`)
  return (header) => {
    if (!timingSafeEqual(digest(header ?? ''), expected)) {
      throw new CodedError({ code: 'unauthorized', message: 'Send the bearer token of the admin API.', remedy: 'sign_in' })
    }
  }
}
