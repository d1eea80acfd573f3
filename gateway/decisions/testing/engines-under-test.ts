import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { FakeClock } from '../../basics/fake-clock.ts'
import { silentLogger } from '../../basics/logger.ts'
import { systemRandom } from '../../basics/random.ts'
import { compilePolicy } from '../../policies-admin/compile-policy.ts'
import { findOpa } from '../../policies-admin/find-opa.ts'
import { loadShippedPolicy } from '../../policies-admin/load-shipped-policy.ts'
import type { CompiledPolicy } from '../compiled-policy.ts'
import { createDecisionEngine } from '../create-decision-engine.ts'
import type { DecisionEngineLimits } from '../decision-engine-limits.ts'
import type { DecisionEngine } from '../decision-engine.ts'
import type { DecisionInput } from '../decision-input.ts'
import type { DecisionRecord } from '../decision.ts'
import { exampleDecisionInput, exampleUnix } from '../example-decision-input.ts'

const projectDir = fileURLToPath(new URL('../../..', import.meta.url))
const policiesDir = join(projectDir, 'policies')

/** Allows everything; does harm where the purpose of the session says so. The first rule that matches gives the answer. */
const hostileRego = `package sallyport.access

limits := {"max_duration_s": 14400, "services": ["hmi", "vnc"], "transfer": false, "record": false, "on_unexplained": "mark", "request_rules": []}

fine := {"allow": true, "denials": [], "missing": [], "limits": limits, "valid_until": 253402300799}

purpose := input.session.purpose

decision := fine if not purpose in {"loop", "yes", "one", "nothing", "huge", "memory", "shape", "list", "conflict", "soon", "short", "other"}

decision := object.union(fine, {"allow": "yes"}) if purpose == "yes"

decision := object.union(fine, {"allow": 1}) if purpose == "one"

decision := object.union(fine, {"reason": "member too many"}) if purpose == "shape"

decision := object.union(fine, {"valid_until": input.time.unix + 10}) if purpose == "soon"

decision := [fine] if purpose == "list"

decision := object.union(fine, {"limits": {"max_duration_s": 60}}) if purpose == "short"

decision := object.union(fine, {"limits": {"services": ["vnc"]}}) if purpose == "other"

decision := object.union(fine, {"limits": object.union(limits, {"services": [name | some i in numbers.range(1, 20000); name := concat("", ["service-", input.device.id])]})}) if purpose == "huge"

decision := object.union(fine, {"missing": [x | some x in numbers.range(1, 20000000)]}) if purpose == "memory"

decision := fine if {
	purpose == "conflict"
	input.device.id == "press-01"
}

decision := object.union(fine, {"valid_until": 5}) if purpose == "conflict"

decision := fine if {
	purpose == "loop"
	every a in data.many { every b in data.many { every c in data.many { every d in data.many { a != "x"; b != "x"; c != "x"; d != "x" } } } }
}
`

/** Gives an engine over a clock that the test moves and a log that it can read and break; with the shipped policy, and one that does harm. Both are there when a test begins. */
export function enginesUnderTest() {
  const work = mkdtempSync(join(tmpdir(), 'engine-test-'))
  const engines: DecisionEngine[] = []
  const policies: { shipped?: CompiledPolicy; hostile?: CompiledPolicy } = {}

  async function compile(name: string, rego: string): Promise<CompiledPolicy> {
    const dir = join(work, name)
    mkdirSync(join(dir, 'data'), { recursive: true })
    writeFileSync(join(dir, 'policy.rego'), rego)
    writeFileSync(join(dir, 'data/many.json'), JSON.stringify({ many: Array.from({ length: 150 }, (_, index) => `item-${index}`) }))
    return compilePolicy({ dir, opa: findOpa({ environment: process.env, projectDir }), contractDir: policiesDir })
  }

  beforeAll(async () => {
    policies.shipped = await loadShippedPolicy(policiesDir)
    policies.hostile = await compile('hostile', hostileRego)
  })
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  return {
    get shipped(): CompiledPolicy {
      return ready(policies.shipped)
    },
    get hostile(): CompiledPolicy {
      return ready(policies.hostile)
    },
    /** A policy of this module alone. */
    compile,
    /** The one that does harm, but with the purpose that the example has: it does so before it is ready. */
    compileEndless: () => compile('loop', hostileRego.replaceAll('"loop"', '"Feeder stops"')),
    async start(policy: CompiledPolicy | null, limits: Partial<DecisionEngineLimits> = {}) {
      const clock = new FakeClock(exampleUnix * 1000)
      const { log, logged } = memoryLog()
      const engine = await createDecisionEngine({ policy, clock, random: systemRandom, logger: silentLogger, log, limits })
      engines.push(engine)
      return { engine, clock, logged, log }
    },
  }
}

function ready(policy: CompiledPolicy | undefined): CompiledPolicy {
  if (policy === undefined) throw new Error('policies are there once the tests begin')
  return policy
}

function memoryLog() {
  const logged: DecisionRecord[] = []
  const log = {
    failing: false,
    batches: 0,
    async append(record: DecisionRecord) {
      if (log.failing) throw new Error('disk full')
      logged.push(record)
    },
    async appendMany(records: readonly DecisionRecord[]) {
      if (log.failing) throw new Error('disk full')
      log.batches += 1
      logged.push(...records)
    },
  }
  return { log, logged }
}

export const withPurpose = (purpose: string, ip = '127.0.0.1'): DecisionInput => {
  const base = exampleDecisionInput({ context: { ip } })
  return { ...base, session: base.session === null ? null : { ...base.session, purpose } }
}

export const later = (input: DecisionInput, seconds: number): DecisionInput => ({
  ...input,
  time: { ...input.time, unix: exampleUnix + seconds },
})
