import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'undici'
import { systemClock, type Clock } from '../../../gateway/basics/clock.ts'
import { silentLogger } from '../../../gateway/basics/logger.ts'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { openDatabase } from '../../../gateway/database/open-database.ts'
import { createDecisionEngine } from '../../../gateway/decisions/create-decision-engine.ts'
import type { DecisionEngine } from '../../../gateway/decisions/decision-engine.ts'
import type { DecisionInput } from '../../../gateway/decisions/decision-input.ts'
import { exampleDecisionInput, exampleUnix } from '../../../gateway/decisions/example-decision-input.ts'
import { createPolicyInstance } from '../../../gateway/decisions/policy-instance.ts'
import { compileWasm } from '../../../gateway/decisions/wasm-module.ts'
import { loadShippedPolicy } from '../../../gateway/policies-admin/load-shipped-policy.ts'
import { createStorage } from '../../../gateway/storage/create-storage.ts'
import { migrations } from '../../../gateway/storage/migrations.ts'
import type { Schema } from '../../../gateway/storage/schema.ts'
import { startCedar } from '../peers/cedar.ts'
import { answerParent } from './answer-parent.ts'
import { countCalls, type CallFigures } from './count-calls.ts'

/** The decision engine with the shipped policy, once with the real decision log (SQLite, durable before it answers) and once with a log that keeps nothing; and its Wasm alone. */
const directory = await mkdtemp(join(tmpdir(), 'sallyport-decisions-'))
const policy = await loadShippedPolicy(fileURLToPath(new URL('../../../policies', import.meta.url)))
/** It is always the instant of the example; only what is asked about now is answered from the cache. */
const clock: Clock = { ...systemClock, nowMs: () => exampleUnix * 1_000, nowS: () => exampleUnix }
const shared = { clock, random: systemRandom, logger: silentLogger }
const database = await openDatabase<Schema>({
  file: join(directory, 'gateway.sqlite'),
  migrations,
  clock: systemClock,
  logger: silentLogger,
})
const storage = createStorage({ database, ...shared, boot: systemRandom.hex(16) })
const nothing = async (): Promise<void> => {}
const logged = await createDecisionEngine({ ...shared, policy, log: storage.decisionLog })
const unlogged = await createDecisionEngine({ ...shared, policy, log: { append: nothing, appendMany: nothing } })

export type EngineCase = 'small' | 'data' | 'question'
const entries = Array.from({ length: 500 }, (_, index) => `line-${index}`)

/** The Wasm in this very thread, without schema, worker, cache and log. `data`: the policy's own data has 500 entries more; `question`: the technician has 500 trainings. */
async function engine({ measureMs, kind }: Question & { readonly kind: EngineCase }): Promise<CallFigures> {
  const data = structuredClone(policy.data) as { requirements: { training: { level: Record<string, number> } } }
  if (kind === 'data') for (const line of entries) data.requirements.training.level[line] = 2
  const question = exampleDecisionInput()
  const { trainings } = question.technician
  const more = kind === 'question' ? entries.map((line) => ({ product_line: line, level: 2, valid_until: exampleUnix + 86_400 })) : []
  const technician = { ...question.technician, trainings: [...more, ...trainings] }
  const bytes = new TextEncoder().encode(JSON.stringify({ ...question, technician }))
  const instance = await createPolicyInstance({ module: await compileWasm(policy.wasm), data, maxMemoryPages: 1_024 })
  return countCalls(1, measureMs, async () => {
    const answer = await instance.evaluate(bytes.buffer)
    if (!answer.ok || !answer.result.allow) throw new Error(`the example was denied: ${JSON.stringify(answer)}`)
  })
}

const known = exampleDecisionInput()
let asked = 0
/** A question that nobody has asked before. */
function newQuestion(): DecisionInput {
  const base = exampleDecisionInput()
  asked += 1
  return { ...base, session: base.session === null ? null : { ...base.session, purpose: `Feeder stops, case ${asked}` } }
}

const allowed = async (engine: DecisionEngine, input: DecisionInput): Promise<void> => {
  const { result } = await engine.decide(input)
  if (!result.allow) throw new Error(`the example was denied: ${JSON.stringify(result.denials)}`)
}

interface Question {
  readonly callers: number
  readonly measureMs: number
}

async function askOpa({ port, callers, measureMs }: Question & { readonly port: number }): Promise<CallFigures> {
  const clients = Array.from({ length: callers }, () => new Client(`http://127.0.0.1:${port}`))
  const headers = { 'content-type': 'application/json' }
  try {
    return await countCalls(callers, measureMs, async (caller) => {
      const body = JSON.stringify({ input: newQuestion() })
      const answer = await clients[caller]?.request({ method: 'POST', path: '/v1/data/sallyport/access/decision', headers, body })
      const said = (await answer?.body.json()) as { readonly result?: { readonly allow?: boolean } } | undefined
      if (said?.result?.allow !== true) throw new Error(`opa denied the example: ${JSON.stringify(said)}`)
    })
  } finally {
    await Promise.all(clients.map((client) => client.close()))
  }
}

const cedar = startCedar()

/** In this very thread, as {@link engine}, and asked the same: its entities are made once, as the bytes are there. */
function askCedar({ measureMs }: Question): Promise<CallFigures> {
  const question = cedar.questionOf(exampleDecisionInput())
  return countCalls(1, measureMs, async () => {
    if (!cedar.allows(question)) throw new Error('Cedar denied the example')
  })
}

answerParent(
  {
    engine,
    cedar: askCedar,
    cedarVersion: () => ({ version: cedar.version }),
    repeated: ({ measureMs }: Question) => countCalls(1, measureMs, () => allowed(logged, known)),
    logged: ({ callers, measureMs }: Question) => countCalls(callers, measureMs, () => allowed(logged, newQuestion())),
    unlogged: ({ callers, measureMs }: Question) => countCalls(callers, measureMs, () => allowed(unlogged, newQuestion())),
    opa: askOpa,
  },
  async () => {
    await Promise.all([logged.close(), unlogged.close()])
    await database.close()
    await rm(directory, { recursive: true, force: true })
  },
)
