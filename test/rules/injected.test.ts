import { expect, it } from 'vitest'
import { isTest, readProjectFile, sourceFiles } from '../support/source-tree.ts'

/**
 * Time and randomness are passed in (`Clock`, `Random`), so that tests own them and a fault of theirs can be put in. What takes them past
 * that stands here, with its reason.
 */
const taken: readonly (readonly [RegExp, string])[] = [
  [/\bMath\.random\b/u, 'a number that can be guessed'],
  [/\bDate\.now\b|\bnew Date\(\)/u, 'the time of day'],
  [/\bperformance\.now\b|\bhrtime\b/u, 'the time since the start'],
  [/\brandom(?:Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b/u, 'randomness'],
]

const watches = 'watches threads of its own by the clock that all threads share: a clock of tests would let a policy that loops go on'
const allowed: Readonly<Record<string, string>> = {
  'gateway/basics/clock.ts': 'it is the clock that is given',
  'agent/basics/clock.ts': 'it is the clock that is given',
  'gateway/basics/random.ts': 'it is the randomness that is given',
  'agent/basics/random.ts': 'it is the randomness that is given',
  'gateway/decisions/decision-worker.ts': watches,
  'gateway/decisions/evaluation-pool.ts': watches,
  'gateway/decisions/evaluation-worker.ts': watches,
  'gateway/simulations/threads/simulation-thread.ts': watches,
  'gateway/simulations/threads/simulation-worker.ts': watches,
  'gateway/decisions/policy-instance.ts': 'says in the log of decisions how long one took',
}

const programs = /^(?:gateway|agent|idp)\//u
const ofTests = /\/(?:testing|test-support)\//u

it('gateway, agent and identity provider take time and randomness from what they are given', () => {
  const found = sourceFiles()
    .filter((file) => programs.test(file) && !isTest(file) && !ofTests.test(file) && !/\.contract\.ts$|\/fake-clock\.ts$/u.test(file))
    .flatMap((file) => {
      const lines = readProjectFile(file).split('\n')
      return lines.flatMap((line, index) =>
        /^\s*(?:\*|\/\/|\/\*)/u.test(line)
          ? []
          : taken.filter(([pattern]) => pattern.test(line)).map(([, what]) => ({ file, text: `${file}:${index + 1} takes ${what}` })),
      )
    })
  expect(found.filter(({ file }) => allowed[file] === undefined).map(({ text }) => text)).toEqual([])
  expect(Object.keys(allowed).filter((file) => !found.some((one) => one.file === file))).toEqual([])
})
