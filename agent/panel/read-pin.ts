import { pinMeaning, pinPattern } from '../operators/pin-hash.ts'
import type { FieldReader } from '../settings/field-reader.ts'

export function readPin(body: FieldReader): string | null {
  return body.has('pin') ? body.text('pin', { maxLength: 12, pattern: pinPattern, meaning: pinMeaning }) : null
}
