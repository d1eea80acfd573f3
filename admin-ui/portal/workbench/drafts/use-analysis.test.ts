import { expect, test } from 'vitest'
import { ProblemError } from '../../api/problem-error.ts'
import { asksAgain } from './use-analysis.ts'

const refused = (code: string) => new ProblemError({ type: 'about:blank', title: 'No.', status: 409, code, id: '' })

test('a question that another tab ended is asked again, some times; any other failure is shown at once', () => {
  expect([0, 7, 8].map((tries) => asksAgain(tries, refused('compiler_cancelled')))).toEqual([true, true, false])
  expect([refused('compiler_busy'), new TypeError('x')].map((error) => asksAgain(0, error))).toEqual([false, false])
})
