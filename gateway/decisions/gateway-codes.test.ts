import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { engineReasons } from './engine-reasons.ts'
import { explainDenial } from './explain-denial.ts'
import { denialReasonSchema, policyReasonsSchema } from './policy-reasons.ts'

const gateway = fileURLToPath(new URL('../', import.meta.url))
const policies = fileURLToPath(new URL('../../policies/', import.meta.url))
const filesBelow = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) => path.endsWith(ending) && !/(?:_test\.rego|\.test\.ts|\.contract\.ts)$/u.test(path) && !/(?:^|\/)testing\//u.test(path),
    )
    .map((path) => join(folder, path))
const codesIn = (files: readonly string[], pattern: RegExp): string[] => [
  ...new Set(files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, code = '']) => code))),
]

describe('every reason that anybody is denied with', () => {
  it('and that is no policy’s has its text in both languages, who can do something about it and what', () => {
    const own = codesIn(filesBelow(gateway, '.ts'), /denials: \[\{ code: '([a-z_]+)'/gu)
    expect(own).toEqual(['policy_error'])
    for (const reason of Object.values(engineReasons)) expect(denialReasonSchema.safeParse(reason).error).toBeUndefined()
    for (const language of ['de', 'en'] as const) {
      const explained = explainDenial({ code: 'policy_error', message: '' }, { reasons: { denials: {} }, language })
      expect(explained).toMatchObject({ grantedBy: 'security_team', ...engineReasons.policy_error[language] })
    }
  })

  it('and that is a shipped rule’s is in the compiled texts; a rule of the cookbook has its own beside it', () => {
    const shipped = policyReasonsSchema.parse(JSON.parse(readFileSync(join(policies, 'compiled', 'reasons.json'), 'utf8')))
    const sources = ['access', 'rules'].flatMap((folder) => filesBelow(join(policies, folder), '.rego'))
    const ofRules = codesIn(sources, /"code":\s*"([a-z_]+)"/gu)
    expect(ofRules.length).toBeGreaterThan(20)
    expect(ofRules.filter((code) => !Object.hasOwn(shipped.denials, code))).toEqual([])
    const recipes = filesBelow(join(policies, 'examples'), '.rego')
    expect(recipes.length).toBeGreaterThan(10)
    for (const file of recipes) {
      const text = readFileSync(file, 'utf8')
      const missing = codesIn([file], /"code":\s*"([a-z_]+)"/gu).filter(
        (code) => !Object.hasOwn(shipped.denials, code) && !new RegExp(`^#     ${code}:$`, 'mu').test(text),
      )
      expect(missing, file).toEqual([])
      // The compiler refuses a text with one language only; the words themselves must be two.
      for (const [, de, en] of text.matchAll(/#       de:\n#         reason: (.+)\n(?:#.*\n)*?#       en:\n#         reason: (.+)\n/gu))
        expect(de, file).not.toBe(en)
    }
  })
})
