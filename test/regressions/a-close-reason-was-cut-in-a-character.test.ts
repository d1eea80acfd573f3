import { expect, it } from 'vitest'
import { serverCloseFrame } from '../../gateway/proxy/websocket-close-frame.ts'

/* RFC 6455, section 5.5.1: the reason was cut between two halves of a character, and a browser read U+FFFD. Found by test/attacks/fuzz (close-frame, issue 4). */
it('a reason that is too long for a Close frame is cut between characters', () => {
  const text = (reason: string): string => serverCloseFrame(1000, reason).subarray(4).toString('utf8')
  expect(text('\u{1f600}'.repeat(31))).toBe('\u{1f600}'.repeat(30))
  expect(text(`a${'ü'.repeat(70)}`)).toBe(`a${'ü'.repeat(61)}`)
  expect(text('x'.repeat(200))).toBe('x'.repeat(123))
})
