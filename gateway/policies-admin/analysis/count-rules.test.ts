import { expect, it } from 'vitest'
import { policiesDir } from '../../../policies/project-opa.ts'
import { policySources } from '../policy-files.ts'
import { countRules } from './count-rules.ts'
import { judgeSize, policyLimits } from './policy-limits.ts'

it('counts each clause, and nothing that stands in a bracket, a comment or a string', () => {
  const text = [
    'package a',
    'import data.b',
    '# no_rule := 1',
    'default one := false',
    'one if {',
    'not_a_rule == 1',
    '} else := true if {',
    '\tx',
    '}',
    'texts := `',
    'no_rule := 1',
    '`',
    'two := "{[(#" # {',
    'three contains x if some x in [',
    'input.a,',
    ']',
    'else_of := "\\"{"',
    'four := 4',
  ].join('\n')
  expect(countRules(text)).toBe(7)
})

it('says how many rules a policy has before any compiler reads it', () => {
  const few = Array.from({ length: policyLimits.mostRules + 1 }, (_, n) => `r${n} := ${n}`).join('\n')
  expect(
    judgeSize({ 'rules/a.rego': 'package a\n\nx := 1\n', 'rules/many.rego': `package sallyport.rules.many\n\n${few}\n` }),
  ).toMatchObject([
    {
      path: 'rules/many.rego',
      code: 'too_many_rules',
      message: expect.stringMatching(/^The policy has 2,002 rules, and 2,000 is the most; rules\/many\.rego has 2,001 /),
    },
  ])
  expect(judgeSize(policySources(policiesDir))).toEqual([])
})
