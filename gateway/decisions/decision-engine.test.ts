import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { loadShippedPolicy } from '../policies-admin/load-shipped-policy.ts'
import { createDecisionEngine } from './create-decision-engine.ts'
import { decisionEngineContract } from './decision-engine.contract.ts'
import { exampleUnix } from './example-decision-input.ts'
import { inlineDecisionEngine } from './testing/inline-decision-engine.ts'

const shipped = () => loadShippedPolicy(fileURLToPath(new URL('../../policies', import.meta.url)))
const log = { append: async () => {}, appendMany: async () => {} }

describe('in a worker', () => {
  decisionEngineContract(shipped, (policy) =>
    createDecisionEngine({ policy, clock: new FakeClock(exampleUnix * 1000), random: systemRandom, logger: silentLogger, log }),
  )
})

describe('on this thread, for tests', () => {
  decisionEngineContract(shipped, inlineDecisionEngine)
})
