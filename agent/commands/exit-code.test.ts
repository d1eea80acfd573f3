import { expect, it } from 'vitest'
import { AgentError } from '../basics/agent-error.ts'
import { readCommandLine } from './command-line.ts'
import { exitCode } from './exit-code.ts'

const endOf = (run: () => unknown): number => {
  try {
    run()
    return 0
  } catch (error) {
    return exitCode(error)
  }
}

it('tells wrong usage from what failed', () => {
  const lines = [['status', '--json'], ['stat'], ['status', '--dry-run'], ['status', '--nothing'], ['run', 'now'], ['run', '--json=1']]
  expect(lines.map((line) => endOf(() => readCommandLine(line)))).toEqual([0, 2, 2, 2, 2, 2])
  const of = (code: string): number => exitCode(new AgentError({ code, message: code }))
  expect(['bad_settings', 'bad_flags', 'not_root', 'not_allowed', 'no_answer'].map(of)).toEqual([1, 2, 3, 3, 4])
  expect([exitCode(new Error('x')), exitCode('x')]).toEqual([1, 1])
})
