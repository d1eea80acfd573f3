import { expect, it } from 'vitest'
import { enrolmentCode } from './enrolment-code.ts'

it('is the same for the same key, another one for another, and easy to read out', () => {
  const codes = Array.from({ length: 200 }, (_, at) => enrolmentCode(at.toString(16).padStart(64, '0')))
  expect(new Set(codes).size).toBe(200)
  for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
  expect(enrolmentCode('0'.repeat(64))).toBe(codes[0])
})
