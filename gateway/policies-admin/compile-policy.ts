import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { CodedError } from '../basics/coded-error.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import { explanationEntrypoint } from '../decisions/explanation-entrypoint.ts'
import { explanationModule, explanationPath } from './explanation-module.ts'
import type { PolicyReasons } from '../decisions/policy-reasons.ts'
import { opaVersion } from './find-opa.ts'
import { policyFiles, policyRevision } from './policy-files.ts'
import { readBundle } from './read-bundle.ts'
import { readReasons } from './read-reasons.ts'
import { runOpa } from './run-opa.ts'
import type { Opa } from './compiler/confined-opa.ts'

const policyEntrypoint = 'sallyport/access/decision'

export interface CompilePolicyOptions {
  readonly dir: string
  readonly opa: Opa
  /** Where `capabilities.json` is; the shipped `policies/`. A policy of the security team cannot loosen it. */
  readonly contractDir: string
  readonly timeLimitMs?: number
}

/**
 * Compiles a directory of Rego and data to Wasm. The same files give the same bytes.
 * @throws CodedError `policy_does_not_compile` with the compiler's own words; `policy_not_readable`
 */
export async function compilePolicy(options: CompilePolicyOptions): Promise<CompiledPolicy> {
  const { dir, opa, timeLimitMs = 30_000 } = options
  const files = policyFiles(dir)
  const work = await mkdtemp(join(tmpdir(), 'sallyport-policy-'))
  try {
    const out = join(work, 'bundle.tar.gz')
    const capabilities = resolve(options.contractDir, 'capabilities.json')
    const copies = join(work, 'policy')
    const inputs = [...files.sources, ...files.data]
    await copyTo(copies, dir, inputs)
    const entrypoints = ['-e', policyEntrypoint, '-e', explanationEntrypoint]
    const args = ['build', '-t', 'wasm', ...entrypoints, '--capabilities', capabilities, '-o', out, ...inputs, explanationPath]
    const outcome = await runOpa({ opa: opa, args, cwd: copies, timeLimitMs })
    if (outcome.exitCode !== 0)
      throw doesNotCompile(outcome.timedOut ? 'The compiler took too long.' : `${outcome.stdout}${outcome.stderr}`.trim())
    const annotated = join(work, 'annotated')
    await mkdir(annotated)
    const reasons = await readReasons({ dir, sources: files.sources, opa, work: annotated, timeLimitMs })
    return toPolicy(policyRevision(dir, files), readBundle(await readFile(out)), reasons)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The compiler writes the paths that it is given into what it makes: they are relative, so that the same sources give the same bytes. */
async function copyTo(copies: string, dir: string, paths: readonly string[]): Promise<void> {
  for (const path of [...paths, explanationPath]) await mkdir(dirname(join(copies, path)), { recursive: true })
  for (const path of paths) await copyFile(join(dir, path), join(copies, path))
  await writeFile(join(copies, explanationPath), explanationModule)
}

function toPolicy(revision: string, bundle: Map<string, Uint8Array>, reasons: PolicyReasons): CompiledPolicy {
  const wasm = bundle.get('policy.wasm')
  const data = bundle.get('data.json')
  if (wasm === undefined || data === undefined) throw doesNotCompile('The compiler wrote no policy.wasm.')
  return { revision, wasm, data: JSON.parse(new TextDecoder().decode(data)) as Record<string, unknown>, reasons, opaVersion }
}

function doesNotCompile(words: string): CodedError {
  return new CodedError({ code: 'policy_does_not_compile', message: `The policy does not compile. ${words}`, remedy: 'fix' })
}
