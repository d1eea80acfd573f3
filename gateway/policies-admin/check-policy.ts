import { resolve } from 'node:path'
import { isCodedError } from '../basics/coded-error.ts'
import { compilePolicy } from './compile-policy.ts'
import { policyFiles, policyRevision } from './policy-files.ts'
import type { PolicyFiles } from './policy-files.ts'
import { runOpa } from './run-opa.ts'
import type { Opa } from './compiler/confined-opa.ts'

export interface CheckPolicyOptions {
  /** The policy to be checked. */
  readonly dir: string
  readonly opa: Opa
  /** Where `schemas/` and `capabilities.json` are: the shipped `policies/`. */
  readonly contractDir: string
  /** For each step. */
  readonly timeLimitMs?: number
}

export interface PolicyCheckStep {
  readonly name: 'check' | 'test' | 'build' | 'lint'
  readonly ok: boolean
  /** The compiler's own words, with file and line. */
  readonly output: string
}

export interface PolicyCheck {
  readonly ok: boolean
  readonly revision: string
  readonly steps: readonly PolicyCheckStep[]
}

const longestOutput = 64 * 1024

/**
 * What must hold before a policy may become active: it fits the contract (schema, built-ins), its tests pass, it compiles to Wasm.
 * Every step runs, so that all problems are seen at once.
 * @throws CodedError `policy_not_readable`, `policy_too_big`
 */
export async function checkPolicy(options: CheckPolicyOptions): Promise<PolicyCheck> {
  const files = policyFiles(options.dir)
  const steps = [await runCheck(options, files), await runTests(options, files), await build(options)]
  return { ok: steps.every((step) => step.ok), revision: policyRevision(options.dir, files), steps }
}

/** The tests alone. */
export async function testPolicy(options: CheckPolicyOptions): Promise<PolicyCheck> {
  const files = policyFiles(options.dir)
  const steps = [await runTests(options, files)]
  return { ok: steps.every((step) => step.ok), revision: policyRevision(options.dir, files), steps }
}

function runCheck(options: CheckPolicyOptions, files: PolicyFiles): Promise<PolicyCheckStep> {
  // One file: its schema holds for `input` in every rule. (A directory only offers schemas to annotations.)
  const schema = resolve(options.contractDir, 'schemas', 'input.json')
  return step('check', options, [
    'check',
    '--strict',
    '--v1-compatible',
    '--schema',
    schema,
    ...capabilities(options),
    ...files.sources,
    ...files.data,
  ])
}

function runTests(options: CheckPolicyOptions, files: PolicyFiles): Promise<PolicyCheckStep> {
  const all = [...files.sources, ...files.tests, ...files.data]
  return step('test', options, ['test', '--v1-compatible', '--fail-on-empty', ...capabilities(options), ...all])
}

async function build(options: CheckPolicyOptions): Promise<PolicyCheckStep> {
  try {
    const policy = await compilePolicy(options)
    return { name: 'build', ok: true, output: `${policy.wasm.length} bytes of Wasm` }
  } catch (error) {
    if (!isCodedError(error)) throw error
    return { name: 'build', ok: false, output: error.message }
  }
}

const capabilities = (options: CheckPolicyOptions): string[] => ['--capabilities', resolve(options.contractDir, 'capabilities.json')]

async function step(name: 'check' | 'test', options: CheckPolicyOptions, args: readonly string[]): Promise<PolicyCheckStep> {
  const timeLimitMs = options.timeLimitMs ?? 30_000
  const outcome = await runOpa({ opa: options.opa, args, cwd: options.dir, timeLimitMs })
  const late = outcome.timedOut ? `stopped after ${timeLimitMs} ms\n` : ''
  return { name, ok: outcome.exitCode === 0, output: `${late}${outcome.stdout}${outcome.stderr}`.trim().slice(0, longestOutput) }
}
