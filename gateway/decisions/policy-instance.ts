import { loadPolicy } from '@open-policy-agent/opa-wasm'
import type { LoadedPolicy } from '@open-policy-agent/opa-wasm'
import { clockBuiltin } from './clock-builtin.ts'
import type { DecisionResult } from './decision-result.ts'
import { explanationEntrypoint } from './explanation-entrypoint.ts'
import { readExplanation } from './explanation.ts'
import type { RuleAnswer } from './explanation.ts'
import type { PolicyProblem } from './policy-error.ts'
import { readDecisionResult } from './read-decision-result.ts'
import type { WasmModule } from './wasm-module.ts'

export type Evaluation =
  | { readonly ok: true; readonly result: DecisionResult; readonly durationUs: number }
  | { readonly ok: false; readonly problem: PolicyProblem; readonly durationUs: number }

export interface PolicyInstance {
  /** @param input UTF-8 JSON of a policy input. Never throws. */
  evaluate(input: ArrayBuffer): Promise<Evaluation>
  /** The rules behind a decision. Null: the policy does not explain itself, or not on this input. Never throws. */
  explain(input: ArrayBuffer): Promise<readonly RuleAnswer[] | null>
}

export interface PolicyInstanceOptions {
  readonly module: WasmModule
  readonly data: Readonly<Record<string, unknown>>
  /** Wasm pages of 64 KiB. */
  readonly maxMemoryPages: number
}

const entrypoint = 'sallyport/access/decision'
const initialPages = 16

/**
 * One Wasm instance with its data. opa-wasm throws strings and objects, answers `[]` for what is undefined, and is not to be trusted
 * after a trap: whatever threw gets a fresh instance (0.3 ms).
 */
export async function createPolicyInstance(options: PolicyInstanceOptions): Promise<PolicyInstance> {
  let policy: LoadedPolicy | null = await load(options)
  return {
    async evaluate(input) {
      const startedAt = performance.now()
      const took = (): number => Math.round((performance.now() - startedAt) * 1000)
      try {
        policy ??= await load(options)
        const answer = read(policy.evaluate(input, entrypoint))
        return typeof answer === 'string'
          ? { ok: false, problem: answer, durationUs: took() }
          : { ok: true, result: answer, durationUs: took() }
      } catch {
        policy = null
        return { ok: false, problem: 'threw', durationUs: took() }
      }
    },
    async explain(input) {
      try {
        policy ??= await load(options)
        const answer: unknown = policy.evaluate(input, explanationEntrypoint)
        return Array.isArray(answer) ? readExplanation((answer[0] as { readonly result?: unknown } | undefined)?.result) : null
      } catch {
        policy = null
        return null
      }
    },
  }
}

async function load({ module, data, maxMemoryPages }: PolicyInstanceOptions): Promise<LoadedPolicy> {
  const policy = await loadPolicy(module, { initial: initialPages, maximum: maxMemoryPages }, clockBuiltin)
  policy.setData(data)
  return policy
}

function read(answer: unknown): DecisionResult | PolicyProblem {
  if (!Array.isArray(answer)) return 'wrong_shape'
  if (answer.length === 0) return 'undefined'
  const first: unknown = answer[0]
  if (answer.length !== 1 || typeof first !== 'object' || first === null) return 'wrong_shape'
  return readDecisionResult((first as { readonly result?: unknown }).result) ?? 'wrong_shape'
}
