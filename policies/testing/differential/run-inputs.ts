import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPolicy } from '@open-policy-agent/opa-wasm'
import { clockBuiltin } from '../../../gateway/decisions/clock-builtin.ts'
import type { CompiledPolicy } from '../../../gateway/decisions/compiled-policy.ts'
import { policyFiles } from '../../../gateway/policies-admin/policy-files.ts'
import { runOpa } from '../../../gateway/policies-admin/run-opa.ts'
import { policiesDir, projectOpa } from '../../project-opa.ts'
import { canonicalDecision } from './canonical-decision.ts'

export interface InputDifferences {
  readonly inputs: number
  readonly allowed: number
  /** No answer at all, in both. */
  readonly undefined: number
  readonly differences: readonly string[]
}

const entrypoint = 'sallyport/access/decision'
const inPieces = 2_000

/**
 * The Wasm of the shipped policy as the gateway runs it, and its sources by `opa eval`, over the same inputs.
 *
 * @param byData - what `opa eval` decides by, if it is not what the Wasm does
 */
export async function runInputs(
  shipped: Pick<CompiledPolicy, 'wasm' | 'data'>,
  inputs: readonly unknown[],
  byData: unknown = shipped.data,
): Promise<InputDifferences> {
  const policy = await loadPolicy(shipped.wasm, { initial: 16, maximum: 512 }, clockBuiltin)
  policy.setData(shipped.data)
  const inWasm = (input: unknown): unknown => {
    try {
      return (policy.evaluate(new TextEncoder().encode(JSON.stringify(input)).buffer, entrypoint) as { readonly result: unknown }[])[0]
        ?.result
    } catch (error) {
      return { threw: typeof error === 'string' ? error : JSON.stringify(error) }
    }
  }
  const found = { inputs: inputs.length, allowed: 0, undefined: 0, differences: [] as string[] }
  for (let from = 0; from < inputs.length; from += inPieces) {
    const piece = inputs.slice(from, from + inPieces)
    const expected = await byOpa(piece, byData)
    for (const [index, input] of piece.entries()) {
      const decision = expected[index]
      const [opa, wasm] = [canonicalDecision(decision), canonicalDecision(inWasm(input))]
      if ((decision as { allow?: unknown } | undefined)?.allow === true) found.allowed += 1
      if (decision === undefined) found.undefined += 1
      if (opa !== wasm) found.differences.push(`${JSON.stringify(input)}: opa ${opa}, Wasm ${wasm}`)
    }
  }
  return found
}

/** All of them in one process; undefined where the policy has no answer. */
async function byOpa(inputs: readonly unknown[], byData: unknown): Promise<unknown[]> {
  const work = await mkdtemp(join(tmpdir(), 'sallyport-inputs-'))
  try {
    const { sources } = policyFiles(policiesDir)
    const [asked, data] = [join(work, 'asked.json'), join(work, 'data.json')]
    await writeFile(asked, JSON.stringify({ asked_for_comparison: inputs }))
    await writeFile(data, JSON.stringify(byData))
    const files = [...sources, asked, data].flatMap((name) => ['-d', name])
    const query = '[d | some q in data.asked_for_comparison; d := [x | x := data.sallyport.access.decision with input as q]]'
    const args = ['eval', ...files, '--format', 'raw', query]
    const outcome = await runOpa({ opa: projectOpa(), args, cwd: policiesDir, timeLimitMs: 300_000 })
    if (outcome.exitCode !== 0) {
      throw new Error(`opa eval, ended by ${outcome.stopped ?? 'itself'}: ${outcome.stderr}${outcome.stdout}`.slice(0, 2_000))
    }
    return (JSON.parse(outcome.stdout) as unknown[][]).map(([decision]) => decision)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
