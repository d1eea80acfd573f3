import { expect } from 'vitest'
import type { Problem } from '../../gateway/http-api/contract/building-blocks.ts'
import type { RawAnswer } from './raw-http.ts'

const inside =
  /node_modules|node:internal|\.(?:ts|js|sqlite)\b|file:\/\/|\/tmp\/|\/home\/|\n\s+at |SQLITE|SELECT |undefined|\[object |\bNaN to\b/

/** RFC 9457, in our words: a status that fits, what is wrong, and nothing of our inside. */
export function problemOf(answer: RawAnswer, statuses: readonly number[], context: string): Problem {
  expect(statuses, `${context}: ${answer.status} ${answer.text.slice(0, 400)}`).toContain(answer.status)
  expect(answer.headers['content-type'], context).toBe('application/problem+json')
  expect(answer.headers['x-content-type-options'], context).toBe('nosniff')
  expect(answer.text.length, context).toBeLessThan(16_000)
  const problem = JSON.parse(answer.text) as Problem
  expect(problem, context).toMatchObject({ type: 'about:blank', status: answer.status, code: expect.stringMatching(/^[a-z_]+$/) as string })
  expect(problem.id, context).toMatch(/^[0-9a-f]{16}$/)
  expect(problem.title.length, context).toBeGreaterThan(10)
  expect(problem.title.replaceAll(/“.*?”|There is nothing at .*/g, ''), context).not.toMatch(inside)
  return problem
}
