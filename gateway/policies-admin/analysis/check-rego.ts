import { resolve } from 'node:path'
import { sortFiles } from '../policy-files.ts'
import type { PolicySources } from '../policy-files.ts'
import { runOpa } from '../run-opa.ts'
import { findingsOf } from './compiler-words.ts'
import type { Finding } from './finding.ts'
import type { PolicyCompiler } from './policy-compiler.ts'

const mostErrors = 100

/** Where the sources lie, and who wants to know. */
export interface LaidOut {
  readonly sources: PolicySources
  readonly dir: string
  readonly signal?: AbortSignal
}

/** The contract that every run is held to. */
export const capabilitiesOf = ({ contractDir }: PolicyCompiler): string[] => ['--capabilities', resolve(contractDir, 'capabilities.json')]

/** `opa check`: syntax, types against the schema of the input, built-ins that the engine has, strictly. */
export async function checkRego(compiler: PolicyCompiler, { sources, dir, signal }: LaidOut): Promise<Finding[]> {
  const files = sortFiles(Object.keys(sources))
  // One file: its schema holds for `input` in every rule. (A directory only offers schemas to annotations.)
  const schema = ['--schema', resolve(compiler.contractDir, 'schemas', 'input.json')]
  const args = ['check', '--strict', '--v1-compatible', '--format', 'json', '--max-errors', String(mostErrors), ...schema]
  const paths = [...files.sources, ...files.tests, ...files.data]
  if (files.sources.length === 0) return []
  const outcome = await runOpa({
    opa: compiler.opa,
    args: [...args, ...capabilitiesOf(compiler), ...paths],
    cwd: dir,
    timeLimitMs: compiler.timeLimitMs,
    ...(signal === undefined ? {} : { signal }),
  })
  return findingsOf(outcome, sources, 'The check')
}
