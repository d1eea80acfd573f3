import { Worker } from 'node:worker_threads'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { WasmModule } from '../../decisions/wasm-module.ts'
import { marks } from './simulation-messages.ts'
import type { ForgetMessage, PolicyMessage, SimulationThreadData, TaskMessage, ThreadMessage } from './simulation-messages.ts'

export interface SimulationThreadOptions {
  /** Wasm memory of one policy, in pages of 64 KiB. */
  readonly maxMemoryPages: number
  readonly maxHeapMb: number
}

/** One thread from this side. */
export interface SimulationThread {
  /** One task at a time. Null: the thread died on the way. */
  run(task: Omit<TaskMessage, 'type'>): Promise<ThreadMessage | null>
  has(revision: string): boolean
  give(policy: CompiledPolicy, module: WasmModule): void
  /** How long the evaluation has been running, by the thread's own mark; 0 while it runs none. */
  runningMs(): number
  /** Milliseconds that the thread has been computing, whatever else this machine did meanwhile. Null: it is gone. */
  cpuMs(): Promise<number | null>
  /** Number of the evaluation that was begun last. */
  evaluation(): number
  terminate(): Promise<void>
}

/** Policies that one thread holds; the one that was asked longest ago makes room. */
export const mostPolicies = 4

// The compiler of a release rewrites imports, not this name.
const entry = new URL(import.meta.url.endsWith('.ts') ? './simulation-worker.ts' : './simulation-worker.js', import.meta.url)

export function startSimulationThread(options: SimulationThreadOptions): SimulationThread {
  const shared = new SharedArrayBuffer(marks.bytes)
  const marked = new BigInt64Array(shared)
  const workerData: SimulationThreadData = { maxMemoryPages: options.maxMemoryPages, marks: shared }
  const worker = new Worker(entry, {
    workerData,
    // It needs nothing of the process: no environment, no standard streams, no arguments.
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: options.maxHeapMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
  })
  worker.unref()
  const held = new Set<string>()
  let exited = false
  let answer: ((message: ThreadMessage | null) => void) | null = null
  const finish = (message: ThreadMessage | null): void => {
    const waiting = answer
    answer = null
    waiting?.(message)
  }
  const post = (message: PolicyMessage | TaskMessage | ForgetMessage): void => worker.postMessage(message)
  worker.on('message', finish)
  // 'exit' follows an error (out of memory and any other); without a listener the error would end the process.
  worker.on('error', () => {})
  worker.on('exit', () => {
    exited = true
    finish(null)
  })
  return {
    run(task) {
      if (exited) return Promise.resolve(null)
      const { promise, resolve } = Promise.withResolvers<ThreadMessage | null>()
      answer = resolve
      // What was asked last is forgotten last.
      for (const revision of [task.active, task.target]) if (held.delete(revision)) held.add(revision)
      post({ type: 'task', ...task })
      return promise
    },
    has: (revision) => held.has(revision),
    give({ revision, data }, module) {
      if (held.has(revision)) return
      held.add(revision)
      post({ type: 'policy', revision, module, data })
      const [oldest] = held
      if (held.size <= mostPolicies || oldest === undefined) return
      held.delete(oldest)
      post({ type: 'forget', revision: oldest })
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
    evaluation: () => Number(Atomics.load(marked, marks.evaluation)),
    async terminate() {
      await worker.terminate()
    },
  }
}
