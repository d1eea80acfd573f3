import { parentPort, workerData } from 'node:worker_threads'
import { createPolicyInstance } from './policy-instance.ts'
import type { Evaluation, PolicyInstance } from './policy-instance.ts'
import { marks } from './worker-messages.ts'
import type { BatchMessage, DecisionWorkerData, WorkerMessage } from './worker-messages.ts'

/** Entry of the worker thread: evaluates batches, one at a time, and marks what it is at. */
const { module, data, maxMemoryPages, firstInput, marks: shared } = workerData as DecisionWorkerData
const marked = new BigInt64Array(shared)
const port = parentPort
const encoder = new TextEncoder()

const tell = (message: WorkerMessage): void => port?.postMessage(message)

try {
  const instance = await createPolicyInstance({ module, data, maxMemoryPages })
  // Wasm is compiled as it first runs: with this behind it, the deadline of the first real question is a fair one.
  const first = await instance.evaluate(firstInput)
  if (!first.ok) throw new Error(`its first evaluation ended with ${first.problem}`)
  let work = Promise.resolve()
  port?.on('message', (message: BatchMessage) => {
    work = work.then(() => evaluateBatch(instance, message))
  })
  tell({ type: 'ready' })
} catch (error) {
  tell({ type: 'failed', message: typeof error === 'string' ? error : error instanceof Error ? error.message : 'unknown error' })
}

async function evaluateBatch(instance: PolicyInstance, { inputs }: BatchMessage): Promise<void> {
  const evaluations: Evaluation[] = []
  for (const [index, input] of inputs.entries()) {
    Atomics.store(marked, marks.item, BigInt(index))
    Atomics.store(marked, marks.startedAtNs, process.hrtime.bigint())
    evaluations.push(await instance.evaluate(bytesOf(input)))
  }
  Atomics.store(marked, marks.startedAtNs, 0n)
  tell({ type: 'done', evaluations: JSON.stringify(evaluations) })
}

/** The engine takes the whole buffer. */
function bytesOf(text: string): ArrayBuffer {
  const bytes = encoder.encode(text)
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
}
