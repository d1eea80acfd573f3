import { readFileSync } from 'node:fs'
import type { PolicyReasons } from '../../gateway/decisions/policy-reasons.ts'
import type { PolicyReasonsAnswer } from '../../gateway/http-api/contract/policy-reasons.ts'

/** The texts of the shipped policy, as the gateway gives them. */
export const fakeReasons = (): PolicyReasonsAnswer => {
  const file = new URL('../../policies/compiled/reasons.json', import.meta.url)
  const { denials, missing } = JSON.parse(readFileSync(file, 'utf8')) as PolicyReasons
  return { revision: 'sha256:4f1d0c6a9b3e', reasons: denials, missing }
}
