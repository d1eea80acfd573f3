import { expect, it } from 'vitest'
import { projectFiles, readProjectFile } from '../support/source-tree.ts'

/** Files that judge by themselves and not by an installation: here no history is written. */
const without: Readonly<Record<string, string>> = {
  'test/faults/check-history.test.ts': 'it is the test of the checker',
  'test/faults/policy-activation.long.test.ts': 'no session is in it: it looks at which policy decides',
  'test/faults/storm.test.ts': 'machines and gateway are figures in virtual time',
}

/** `expectSound` of an installation under fault, or the function behind it. */
const judges = /\bexpectSound(?:History)?\(/u

it('every test of a fault ends with the history checker, so that I1 to I6 hold whatever else it looks at', () => {
  const tests = projectFiles().filter((file) => /^test\/faults\/[^/]+\.test\.ts$/u.test(file))
  expect(tests.length).toBeGreaterThan(5)
  const blind = tests.filter((file) => without[file] === undefined && !judges.test(readProjectFile(file)) && !runsSoak(file))
  expect(blind).toEqual([])
  expect(Object.keys(without).filter((file) => !tests.includes(file))).toEqual([])
})

/** The soak is a module of its own, which ends with the checker. */
const runsSoak = (file: string): boolean =>
  readProjectFile(file).includes('runSoak(') && judges.test(readProjectFile('test/faults/soak/run-soak.ts'))
