import { describe, expect, it } from 'vitest'
import { policiesDir } from '../../../policies/project-opa.ts'
import { policySources } from '../policy-files.ts'
import { findRule } from './find-rule.ts'

const sources = policySources(policiesDir)
const lineOf = ({ path, line }: { readonly path: string; readonly line: number }): string =>
  (sources[path] ?? '').split('\n')[line - 1] ?? ''

describe('the place of a rule in the sources of its revision', () => {
  it('is the clause that gives the reason', () => {
    const place = findRule(sources, { rule: 'training', codes: ['training_level_too_low'] })
    expect(place?.path).toBe('rules/training.rego')
    const text = (sources['rules/training.rego'] ?? '').split('\n').slice((place?.line ?? 0) - 1, (place?.line ?? 0) + 1)
    expect(text).toEqual(['denials contains {', '\t"code": "training_level_too_low",'])
  })

  it('is where it is satisfied, for one that gives no reason', () => {
    const place = findRule(sources, { rule: 'region', codes: [] })
    expect(place).toEqual({ path: 'rules/region.rego', line: 8 })
    expect(lineOf({ path: 'rules/region.rego', line: 8 })).toBe('satisfied if input.device.region in responsible_for')
  })

  it('is never in a test, in a comment or in another package', () => {
    const own = {
      'a_test.rego': 'package sallyport.rules.mine\n\ndenials contains {"code": "no_way"}\n',
      'b.rego': 'package sallyport.rules.other\n\ndenials contains {"code": "no_way"}\n',
      'c.rego': '# No.\npackage sallyport.rules.mine\n\n# "no_way"\ndefault satisfied := false\n\nlate if {\n\tinput.late\n}\n',
      'd.rego': 'package sallyport.rules.mine\n\ndenials contains {"code": "no_way"} if late\n',
    }
    expect(findRule(own, { rule: 'mine', codes: ['no_way'] })).toEqual({ path: 'd.rego', line: 3 })
    expect(findRule(own, { rule: 'mine', codes: ['unknown'] })).toEqual({ path: 'c.rego', line: 2 })
    expect(findRule(own, { rule: 'limits', codes: ['no_way'] })).toBeNull()
  })

  it('is found for each reason that the shipped rules give', () => {
    for (const [path, text] of Object.entries(sources)) {
      const rule = /^package sallyport\.rules\.(\w+)$/m.exec(text)?.[1]
      if (rule === undefined || path.endsWith('_test.rego')) continue
      for (const [, code = ''] of text.matchAll(/"code": "(\w+)"/g)) {
        const place = findRule(sources, { rule, codes: [code] })
        const [clause = ''] = text
          .split('\n')
          .slice((place?.line ?? 0) - 1)
          .join('\n')
          .split('\n\n')
        expect([code, place?.path, /^\w/.test(clause), clause.includes(`"${code}"`)]).toEqual([code, path, true, true])
      }
    }
  })
})
