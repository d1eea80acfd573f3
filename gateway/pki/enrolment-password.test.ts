import { expect, it } from 'vitest'
import { systemRandom } from '../basics/random.ts'
import { enrolmentPasswordMatches, newEnrolmentPassword } from './enrolment-password.ts'

it('is 128 random bits that a person can read aloud, and only itself matches', () => {
  const { password, passwordHash } = newEnrolmentPassword(systemRandom)
  expect(password).toMatch(/^[0-7][0-9a-hjkmnp-tv-z]{25}$/)
  expect(passwordHash).not.toContain(password)
  expect(enrolmentPasswordMatches(password, passwordHash)).toBe(true)
  expect(enrolmentPasswordMatches(`${password}x`, passwordHash)).toBe(false)
  expect(newEnrolmentPassword(systemRandom).password).not.toBe(password)
})

it('keeps every one of the bits', () => {
  const ends = [Buffer.alloc(16, 0x00), Buffer.alloc(16, 0xff)].map(
    (bytes) => newEnrolmentPassword({ ...systemRandom, hex: () => bytes.toString('hex') }).password,
  )
  expect(ends).toEqual(['0'.repeat(26), `7${'z'.repeat(25)}`])
})

it('matches nothing where no hash is kept, or a broken one', () => {
  for (const hash of [undefined, '', '00', '0'.repeat(63)]) expect(enrolmentPasswordMatches('', hash)).toBe(false)
})
