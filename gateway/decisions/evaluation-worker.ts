import { Worker } from 'node:worker_threads'
import type { Evaluation } from './policy-instance.ts'
import { marks } from './worker-messages.ts'
import type { BatchMessage, DecisionWorkerData, WorkerMessage } from './worker-messages.ts'

export interface EvaluationWorkerOptions extends Omit<DecisionWorkerData, 'marks'> {
  readonly maxHeapMb: number
  readonly startTimeLimitMs: number
}

/** One worker thread from this side. */
export interface EvaluationWorker {
  /** Rejects when the policy cannot be loaded or the worker does not become ready in time. */
  readonly ready: Promise<void>
  /** Resolves when the thread is gone, for whatever reason. */
  readonly gone: Promise<void>
  /** One batch at a time. Null: the worker died on the way. */
  run(inputs: readonly string[]): Promise<readonly Evaluation[] | null>
  /** How long the current item has been running, by the worker's own mark; 0 while it runs none. */
  runningMs(): number
  /** Milliseconds that the thread has been computing, whatever else this machine did meanwhile; also while it does not answer. Null: it is gone. */
  cpuMs(): Promise<number | null>
  /** Index in the batch of the item that was begun last. */
  currentItem(): number
  /** Number of the thread in this process. */
  readonly thread: number
  terminate(): Promise<void>
}

// The compiler of a release rewrites imports, not this name.
const entry = new URL(import.meta.url.endsWith('.ts') ? './decision-worker.ts' : './decision-worker.js', import.meta.url)

export function startEvaluationWorker(options: EvaluationWorkerOptions): EvaluationWorker {
  const shared = new SharedArrayBuffer(marks.bytes)
  const marked = new BigInt64Array(shared)
  const { module, data, maxMemoryPages, firstInput } = options
  const workerData: DecisionWorkerData = { module, data, maxMemoryPages, firstInput, marks: shared }
  const worker = new Worker(entry, {
    workerData,
    // A policy worker needs nothing of the process: no environment, no standard streams, no arguments.
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: options.maxHeapMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
  })
  worker.unref()
  const ready = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  let exited = false
  let answer: ((evaluations: readonly Evaluation[] | null) => void) | null = null
  const finish = (evaluations: readonly Evaluation[] | null): void => {
    const waiting = answer
    answer = null
    waiting?.(evaluations)
  }
  const startLimit = setTimeout(() => {
    ready.reject(new Error('the policy did not become ready in time'))
    void worker.terminate()
  }, options.startTimeLimitMs).unref()
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'ready') ready.resolve()
    else if (message.type === 'failed') ready.reject(new Error(message.message))
    else finish(JSON.parse(message.evaluations) as Evaluation[])
  })
  // 'exit' follows an error (ERR_WORKER_OUT_OF_MEMORY and any other); without a listener the error would end the process.
  worker.on('error', (error) => ready.reject(error))
  worker.on('exit', () => {
    exited = true
    clearTimeout(startLimit)
    ready.reject(new Error('the worker ended before it was ready'))
    finish(null)
    gone.resolve()
  })
  void ready.promise.then(
    () => clearTimeout(startLimit),
    () => {},
  )
  return {
    thread: worker.threadId,
    ready: ready.promise,
    gone: gone.promise,
    run(inputs) {
      if (exited) return Promise.resolve(null)
      const { promise, resolve } = Promise.withResolvers<readonly Evaluation[] | null>()
      answer = resolve
      worker.postMessage({ inputs } satisfies BatchMessage)
      return promise
    },
    runningMs() {
      const startedAt = Atomics.load(marked, marks.startedAtNs)
      return startedAt === 0n ? 0 : Number(process.hrtime.bigint() - startedAt) / 1e6
    },
    cpuMs: () =>
      worker.cpuUsage().then(
        ({ user, system }) => (user + system) / 1000,
        () => null,
      ),
    currentItem: () => Number(Atomics.load(marked, marks.item)),
    async terminate() {
      await worker.terminate()
      await gone.promise
    },
  }
}
