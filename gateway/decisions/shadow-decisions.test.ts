import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { silentLogger } from '../basics/logger.ts'
import { compilePolicy } from '../policies-admin/compile-policy.ts'
import { findOpa } from '../policies-admin/find-opa.ts'
import { compareResults } from '../simulations/questions/compare-results.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { DecisionResult } from './decision-result.ts'
import type { DecisionRecord } from './decision.ts'
import { exampleDecisionInput } from './example-decision-input.ts'
import { mostDifferences, mostShadowed, startShadow, type ShadowDecisions } from './shadow-decisions.ts'

const projectDir = fileURLToPath(new URL('../..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'shadow-test-'))
const shadows: ShadowDecisions[] = []
afterEach(async () => {
  for (const shadow of shadows.splice(0)) await shadow.close()
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** Answers by the purpose of the session. */
const rego = `package sallyport.access

limits := {"max_duration_s": 14400, "services": ["hmi"], "transfer": false, "record": false, "on_unexplained": "mark", "request_rules": []}

yes := {"allow": true, "denials": [], "missing": [], "limits": limits, "valid_until": 253402300799}

no := object.union(yes, {"allow": false, "denials": [{"code": "new_rule", "message": "no"}]})

purpose := input.session.purpose

decision := yes if not purpose in {"no", "short", "wrong", "loop"}

decision := no if purpose == "no"

decision := object.union(yes, {"limits": object.union(limits, {"max_duration_s": 9000})}) if purpose == "short"

decision := {"allow": "yes"} if purpose == "wrong"

decision := object.union(yes, {"missing": [x | some x in numbers.range(1, 2000000000)]}) if purpose == "loop"
`
let policy: CompiledPolicy
beforeAll(async () => {
  mkdirSync(join(work, 'access'))
  writeFileSync(join(work, 'access', 'decision.rego'), rego)
  policy = await compilePolicy({
    dir: work,
    opa: findOpa({ environment: process.env, projectDir }),
    contractDir: join(projectDir, 'policies'),
  })
})

const start = async (): Promise<ShadowDecisions> => {
  const shadow = await startShadow({ policy, compare: compareResults, logger: silentLogger })
  shadows.push(shadow)
  return shadow
}
const yes: DecisionResult = {
  allow: true,
  denials: [],
  missing: [],
  limits: { max_duration_s: 14_400, services: ['hmi'], transfer: false, record: false, on_unexplained: 'mark', request_rules: [] },
  valid_until: 253_402_300_799,
}
const no: DecisionResult = { ...yes, allow: false, denials: [{ code: 'outside_region', message: 'no' }] }
const decided = (purpose: string, result: DecisionResult, change: Partial<DecisionRecord> = {}): DecisionRecord => {
  const input = exampleDecisionInput()
  const session = input.session === null ? null : { ...input.session, purpose }
  return {
    id: 'dec_1' as never,
    input: { ...input, session },
    result,
    revision: 'sha256:active',
    cached: false,
    durationUs: 1,
    evaluatedAt: 1,
    ...change,
  }
}

it('says of each live decision what it would have been, and keeps what differs', async () => {
  const shadow = await start()
  for (const record of [decided('fine', yes), decided('no', no), decided('fine', no), decided('no', yes), decided('short', yes)])
    shadow.offer(record)
  shadow.offer(decided('fine', no, { cached: true }))
  await shadow.idle()
  expect(shadow.counts).toEqual({ same: 2, newly_allowed: 1, newly_denied: 1, changed_limits: 1, errors: 0 })
  expect(shadow.differences.map(({ change }) => change).toSorted()).toEqual(['changed_limits', 'newly_allowed', 'newly_denied'])
  shadow.begin()
  expect([shadow.counts.same, shadow.differences]).toEqual([0, []])
})

it('survives a policy that runs wild, and counts it', async () => {
  const shadow = await start()
  for (const purpose of ['wrong', 'loop', 'fine']) {
    shadow.offer(decided(purpose, yes))
    await shadow.idle()
  }
  expect(shadow.counts).toMatchObject({ errors: 2, same: 1 })
}, 60_000)

it('drops what it does not keep up with, at once and without a wait', async () => {
  const shadow = await start()
  for (let index = 0; index < mostShadowed + 7; index += 1) shadow.offer(decided('no', yes))
  expect(shadow.dropped).toBe(7)
  await shadow.idle()
  expect(shadow.counts.newly_denied + shadow.dropped - 7).toBe(mostShadowed)
  expect(shadow.differences).toHaveLength(mostDifferences)
})

it('takes nothing when it is closed', async () => {
  const shadow = await start()
  shadow.offer(decided('no', yes))
  await shadow.close()
  shadow.offer(decided('no', yes))
  await shadow.idle()
  expect(shadow.counts.newly_denied).toBe(0)
})
