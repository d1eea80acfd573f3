import { runOpa } from '../run-opa.ts'
import { checkData } from '../data/check-data.ts'
import { findingsOf } from './compiler-words.ts'
import type { Finding } from './finding.ts'
import type { PolicyCompiler } from './policy-compiler.ts'

export interface Formatted {
  /** Null: it cannot be formatted, and the findings say why. */
  readonly text: string | null
  readonly findings: readonly Finding[]
}

/** `opa fmt` of one module; a document of `data/` is laid out as JSON with two spaces. */
export async function formatFile(compiler: PolicyCompiler, path: string, text: string, signal?: AbortSignal): Promise<Formatted> {
  if (path.endsWith('.json')) return formatJson(path, text)
  const { opa, timeLimitMs } = compiler
  const args = ['fmt', '--v1-compatible']
  const outcome = await runOpa({ opa, args, cwd: '/', timeLimitMs, input: text, ...(signal === undefined ? {} : { signal }) })
  if (outcome.exitCode === 0) return { text: outcome.stdout, findings: [] }
  // What comes from the standard input has no other name.
  const named = { ...outcome, stderr: outcome.stderr.replaceAll('stdin:', `${path}:`) }
  return { text: null, findings: findingsOf(named, { [path]: text }, 'The formatter') }
}

function formatJson(path: string, text: string): Formatted {
  try {
    return { text: `${JSON.stringify(JSON.parse(text), null, 2)}\n`, findings: [] }
  } catch {
    return { text: null, findings: checkData({ [path]: text }) }
  }
}
