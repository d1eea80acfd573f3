import { CodedError } from '../basics/coded-error.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import { compilePolicy } from './compile-policy.ts'
import type { Opa } from './compiler/confined-opa.ts'
import { inWorkspace } from './compiler/policy-workspace.ts'
import { revisionOf, sortFiles, type PolicySources } from './policy-files.ts'
import { runOpa } from './run-opa.ts'

/** Policies that are tried before they are a revision. */
export interface PolicyTrials {
  /** The same sources are compiled once. @throws CodedError `policy_does_not_compile`, `compiler_busy`, `compiler_missing` */
  compile(sources: PolicySources): Promise<CompiledPolicy>
  /** How the rules come to their decision, step by step; null: there is no compiler here, or it did not come to an end. */
  trace(sources: PolicySources, input: unknown): Promise<{ readonly text: string; readonly truncated: boolean } | null>
}

export interface PolicyTrialsOptions {
  /** Null: no compiler is on this machine. */
  readonly opa: (() => Promise<Opa>) | null
  /** Where `capabilities.json` is: the shipped `policies/`. */
  readonly contractDir: string
}

/** Compiled drafts that are kept; the one that was asked for longest ago makes room. */
const mostCompiled = 8
const longestTrace = 200_000
const traceWithinMs = 10_000
const mostTraceBytes = 8 * 1024 * 1024

export function createPolicyTrials({ opa, contractDir }: PolicyTrialsOptions): PolicyTrials {
  const compiled = new Map<string, Promise<CompiledPolicy>>()
  return {
    compile(sources) {
      if (opa === null) return Promise.reject(compilerMissing())
      const revision = revisionOf(sources)
      const made = compiled.get(revision) ?? inWorkspace(sources, async (dir) => compilePolicy({ dir, opa: await opa(), contractDir }))
      compiled.delete(revision)
      compiled.set(revision, made)
      made.catch(() => compiled.delete(revision))
      const [oldest] = compiled.keys()
      if (compiled.size > mostCompiled && oldest !== undefined) compiled.delete(oldest)
      return made
    },

    async trace(sources, input) {
      if (opa === null) return null
      const files = sortFiles(Object.keys(sources))
      const given = [...files.sources, ...files.data].flatMap((path) => ['--data', path])
      const args = ['eval', '--v1-compatible', '--explain', 'full', '--format', 'pretty', '--stdin-input', ...given]
      const compiler = await opa()
      const outcome = await inWorkspace(sources, (dir) =>
        runOpa({
          opa: compiler,
          args: [...args, 'data.sallyport.access.decision'],
          cwd: dir,
          timeLimitMs: traceWithinMs,
          input: JSON.stringify(input),
          mostOutputBytes: mostTraceBytes,
        }),
      )
      if (outcome.exitCode !== 0) return null
      return { text: outcome.stdout.slice(0, longestTrace), truncated: outcome.stdout.length > longestTrace }
    },
  }
}

const compilerMissing = (): CodedError =>
  new CodedError({
    code: 'compiler_missing',
    message: 'There is no Rego compiler on this machine, so a draft cannot be tried. A revision that was submitted elsewhere can.',
    remedy: 'conflict',
  })
