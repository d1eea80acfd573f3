import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { exampleDecisionInput } from '../decisions/example-decision-input.ts'
import { findOpa } from './find-opa.ts'
import { policySources, revisionOf } from './policy-files.ts'
import { createPolicyTrials } from './policy-trials.ts'

const projectDir = fileURLToPath(new URL('../..', import.meta.url))
const contractDir = join(projectDir, 'policies')
const opa = async (): Promise<string> => findOpa({ environment: process.env, projectDir })
const own = (text: string) => ({ 'policy.rego': `package sallyport.access\n\ndecision := {"allow": false, "text": "${text}"}\n` })

it('compiles the same sources once, and keeps eight', async () => {
  let runs = 0
  const trials = createPolicyTrials({ contractDir, opa: () => ((runs += 1), opa()) })
  const first = trials.compile(own('first'))
  expect(trials.compile(own('first'))).toBe(first)
  expect((await first).revision).toBe(revisionOf(own('first')))
  expect(runs).toBe(1)
  for (let other = 0; other < 8; other += 1) await trials.compile(own(`other ${other}`))
  expect(runs).toBe(9)
  await trials.compile(own('other 7'))
  expect(runs).toBe(9)
  await trials.compile(own('first'))
  expect(runs).toBe(10)
})

it('hands on what does not compile with its line, and tries it again when it is asked again', async () => {
  const trials = createPolicyTrials({ contractDir, opa })
  const broken = { 'policy.rego': 'package sallyport.access\n\ndecision := nothing\n' }
  for (let time = 0; time < 2; time += 1)
    await expect(trials.compile(broken)).rejects.toMatchObject({
      code: 'policy_does_not_compile',
      message: expect.stringContaining('policy.rego:3'),
    })
})

it('traces a decision through the rules, with file and line', async () => {
  const trials = createPolicyTrials({ contractDir, opa })
  const trace = await trials.trace(policySources(contractDir), exampleDecisionInput())
  expect(trace?.truncated).toBe(false)
  expect(trace?.text).toContain('Enter data.sallyport.access.decision')
  expect(trace?.text).toMatch(/rules\/region\.rego:\d+/)
})

it('cuts a trace that is too long, and says so', async () => {
  const trials = createPolicyTrials({ contractDir, opa })
  const long = { 'policy.rego': 'package sallyport.access\n\ndecision := [x | some x in numbers.range(1, 5000); x > 0]\n' }
  const trace = await trials.trace(long, {})
  expect(trace?.truncated).toBe(true)
  expect(trace?.text.length).toBe(200_000)
})

it('has nothing to say without a compiler', async () => {
  const trials = createPolicyTrials({ contractDir, opa: null })
  await expect(trials.compile(own('x'))).rejects.toMatchObject({ code: 'compiler_missing' })
  expect(await trials.trace(own('x'), {})).toBeNull()
})
