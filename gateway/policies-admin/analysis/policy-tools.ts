import type { Clock } from '../../basics/clock.ts'
import type { Opa } from '../compiler/confined-opa.ts'
import { createPolicyAnalysis } from './create-policy-analysis.ts'
import type { AnalysisRequest } from './create-policy-analysis.ts'
import type { Analysis } from './analyse-policy.ts'
import { evaluateExpression } from './evaluate-expression.ts'
import type { Evaluated, EvaluateExpression } from './evaluate-expression.ts'
import { formatFile } from './format-rego.ts'
import type { Formatted } from './format-rego.ts'
import { createOutlines } from './outline-modules.ts'

/** What an editor asks of the compiler. Everything throws `compiler_busy` and `compiler_cancelled`. */
export interface PolicyTools {
  analyse(request: AnalysisRequest): Promise<Analysis>
  format(path: string, text: string, signal?: AbortSignal): Promise<Formatted>
  evaluate(request: Omit<EvaluateExpression, 'compiler' | 'outlines' | 'clock'>): Promise<Evaluated>
}

export interface PolicyToolsOptions {
  /** What confines the compiler is found when it is first needed. */
  readonly opa: () => Promise<Opa>
  /** Path of the linter `regal`; null: this machine does not have it. */
  readonly regal: string | null
  readonly contractDir: string
  readonly clock: Clock
}

/** Of one run of the compiler, in wall-clock time: on a machine that is busy it waits for its turn meanwhile. */
export const compilerTimeLimitMs = 30_000

export function createPolicyTools({ opa, regal, contractDir, clock }: PolicyToolsOptions): PolicyTools {
  const begin = async () => {
    const compiler = { opa: await opa(), regal, contractDir, timeLimitMs: compilerTimeLimitMs }
    return { compiler, outlines: createOutlines(compiler), analysis: createPolicyAnalysis({ compiler, clock }) }
  }
  let begun: ReturnType<typeof begin> | undefined
  const tools = () => (begun ??= begin())
  return {
    analyse: async (request) => (await tools()).analysis.analyse(request),
    format: async (path, text, signal) => formatFile((await tools()).compiler, path, text, signal),
    async evaluate(request) {
      const { compiler, outlines } = await tools()
      return evaluateExpression({ ...request, compiler, outlines, clock })
    },
  }
}
