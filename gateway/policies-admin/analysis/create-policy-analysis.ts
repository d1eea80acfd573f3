import { LRUCache } from 'lru-cache'
import { revisionOf } from '../policy-files.ts'
import type { PolicySources } from '../policy-files.ts'
import type { Clock } from '../../basics/clock.ts'
import { cancelled } from '../compiler/take-turns.ts'
import { analysePolicy, analysisParts } from './analyse-policy.ts'
import type { Analysis, AnalysisPart } from './analyse-policy.ts'
import { createOutlines } from './outline-modules.ts'
import type { PolicyCompiler } from './policy-compiler.ts'

export interface AnalysisRequest {
  readonly sources: PolicySources
  readonly parts?: ReadonlySet<AnalysisPart>
  /** Ends it when nobody else waits for the same. */
  readonly signal?: AbortSignal
  /** Whose question this is, "per_… drf_…": a newer one of the same ends the one before. */
  readonly asker?: string
}

export interface PolicyAnalysis {
  /** @throws CodedError `compiler_busy`, `compiler_cancelled` */
  analyse(request: AnalysisRequest): Promise<Analysis>
}

export interface PolicyAnalysisOptions {
  readonly compiler: PolicyCompiler
  readonly clock: Clock
}

/** By digest: whoever asks again for what nobody changed is answered at once. */
const mostAnswers = 50
/** A count of characters near what an answer holds, all of them together. */
const mostAnswerSize = 16 * 1024 * 1024

interface Running {
  readonly promise: Promise<Analysis>
  readonly controller: AbortController
  waiting: number
}

/** Analyses of policies: answers are kept by digest, one that is under way is shared, and what nobody waits for is ended. */
export function createPolicyAnalysis({ compiler, clock }: PolicyAnalysisOptions): PolicyAnalysis {
  const outlines = createOutlines(compiler)
  const answers = new LRUCache<string, Analysis>({ max: mostAnswers, maxSize: mostAnswerSize, sizeCalculation: sizeOf })
  const running = new Map<string, Running>()
  const newest = new Map<string, { readonly key: string; readonly overtaken: AbortController }>()

  function begin(key: string, request: AnalysisRequest, parts: ReadonlySet<AnalysisPart>): Running {
    const controller = new AbortController()
    const { sources } = request
    const promise = analysePolicy({ compiler, outlines, clock, sources, parts, signal: controller.signal })
      .then((answer) => {
        // What met a bound may do better next time.
        if (!answer.findings.some(({ code }) => code.startsWith('compiler_') || code === 'test_too_slow')) answers.set(key, answer)
        return answer
      })
      .finally(() => running.delete(key))
    promise.catch(() => {})
    const run = { promise, controller, waiting: 0 }
    running.set(key, run)
    return run
  }

  return {
    async analyse(request) {
      const parts = request.parts ?? new Set(analysisParts)
      const key = `${revisionOf(request.sources)} ${[...parts].toSorted().join()}`
      const before = request.asker === undefined ? undefined : newest.get(request.asker)
      // A second page of the same person asks the same: neither ends the other.
      const overtaken = before?.key === key ? before.overtaken : new AbortController()
      if (before !== undefined && before.key !== key) before.overtaken.abort()
      if (request.asker !== undefined) newest.set(request.asker, { key, overtaken })
      const signal = AbortSignal.any([overtaken.signal, ...(request.signal === undefined ? [] : [request.signal])])
      try {
        const known = answers.get(key)
        if (known !== undefined) return known
        const found = running.get(key)
        const run = found === undefined || found.controller.signal.aborted ? begin(key, request, parts) : found
        return await waitFor(run, signal)
      } finally {
        if (request.asker !== undefined && newest.get(request.asker)?.overtaken === overtaken) newest.delete(request.asker)
      }
    },
  }
}

async function waitFor(run: Running, signal: AbortSignal): Promise<Analysis> {
  run.waiting += 1
  const left = Promise.withResolvers<never>()
  const leave = (): void => left.reject(cancelled())
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([run.promise, left.promise])
  } finally {
    signal.removeEventListener('abort', leave)
    run.waiting -= 1
    if (run.waiting === 0) run.controller.abort()
  }
}

function sizeOf({ findings, tests, symbols, coverage }: Analysis): number {
  const texts = [...findings.map(({ message }) => message), ...tests.map(({ output }) => output), ...symbols.map(({ text }) => text ?? '')]
  const entries = findings.length + tests.length + symbols.length + Object.keys(coverage?.files ?? {}).length
  return 1 + entries * 200 + texts.reduce((sum, text) => sum + text.length, 0)
}
