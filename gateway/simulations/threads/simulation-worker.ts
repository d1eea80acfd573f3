import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { createPolicyInstance } from '../../decisions/policy-instance.ts'
import { askedPolicy, type AskedPolicy, type Watch } from '../questions/asked-policy.ts'
import { carryOut } from './carry-out.ts'
import { marks } from './simulation-messages.ts'
import type { ForgetMessage, PolicyMessage, SimulationThreadData, TaskMessage, ThreadMessage } from './simulation-messages.ts'

/** Entry of a thread in which policies are tried that decide nothing. One task at a time. */
const { maxMemoryPages, marks: shared } = workerData as SimulationThreadData
const marked = new BigInt64Array(shared)
const port = parentPort
const tell = (message: ThreadMessage): void => port?.postMessage(message)

/** Behind everything that is live. Linux gives each thread a niceness of its own, and 0 is the thread that asks; elsewhere it would be the process. */
const niceness = 10
if (process.platform === 'linux') {
  try {
    setPriority(0, niceness)
  } catch {
    // Not everybody may; then it runs beside the rest.
  }
}

const policies = new Map<string, Promise<AskedPolicy>>()
let evaluation = 0
let skip: ReadonlySet<number> = new Set()

const watch: Watch = async (evaluate) => {
  evaluation += 1
  if (skip.has(evaluation)) return null
  Atomics.store(marked, marks.evaluation, BigInt(evaluation))
  Atomics.store(marked, marks.startedAtNs, process.hrtime.bigint())
  const answer = await evaluate()
  Atomics.store(marked, marks.startedAtNs, 0n)
  return answer
}

async function load({ revision, module, data }: PolicyMessage): Promise<AskedPolicy> {
  return askedPolicy({ revision, instance: await createPolicyInstance({ module, data, maxMemoryPages }), data, watch })
}

async function run(message: TaskMessage): Promise<void> {
  try {
    const [target, active] = await Promise.all([policies.get(message.target), policies.get(message.active)])
    if (target === undefined || active === undefined) throw new Error('the policy was not given')
    evaluation = 0
    skip = new Set(message.skip)
    tell({ type: 'answer', answer: await carryOut(message.name, { target, active }, message.question) })
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}

port?.on('message', (message: PolicyMessage | TaskMessage | ForgetMessage) => {
  if (message.type === 'task') return void run(message)
  if (message.type === 'forget') return void policies.delete(message.revision)
  const loaded = load(message)
  loaded.catch(() => {})
  policies.set(message.revision, loaded)
})
