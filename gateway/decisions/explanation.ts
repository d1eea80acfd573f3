import type { Denial } from './decision-result.ts'

/** One rule that an action needs, as the policy engine answered it for one input. */
export interface RuleAnswer {
  /** Name of its package under `sallyport.rules`. */
  readonly rule: string
  readonly satisfied: boolean
  readonly denials: readonly Denial[]
  readonly missing: readonly string[]
  /** Unix seconds at which time alone could change its answer. */
  readonly changesAt: readonly number[]
}

const mostRules = 1000
const mostListed = 100

/**
 * The rules behind a decision, by name, or null for anything outside of the contract: a policy can be loaded that does not explain itself.
 * What a rule says beyond the contract is left out; a rule that is not there is not satisfied.
 */
export function readExplanation(value: unknown): readonly RuleAnswer[] | null {
  if (!isObject(value) || !Array.isArray(value['needed']) || !isObject(value['rules'])) return null
  const { needed, rules } = value
  if (needed.length > mostRules || !needed.every((name) => typeof name === 'string')) return null
  return needed.toSorted().map((name: string) => readRule(name, Object.hasOwn(rules, name) ? rules[name] : undefined))
}

function readRule(rule: string, value: unknown): RuleAnswer {
  const { satisfied, denials, missing, changes_at: changesAt } = isObject(value) ? value : {}
  return {
    rule,
    satisfied: satisfied === true,
    denials: listOf(denials, isDenial)
      .map(({ code, message, until }) => ({ code, message: message.slice(0, 1000), ...(typeof until === 'number' ? { until } : {}) }))
      .toSorted((a, b) => compare(a.code, b.code) || compare(a.message, b.message)),
    missing: listOf(missing, (item) => typeof item === 'string').toSorted(),
    changesAt: listOf(changesAt, (item) => typeof item === 'number').toSorted((a, b) => a - b),
  }
}

function listOf<T>(value: unknown, belongs: (item: unknown) => item is T): T[] {
  return Array.isArray(value) ? value.filter(belongs).slice(0, mostListed) : []
}

const isDenial = (item: unknown): item is Denial =>
  isObject(item) && typeof item['code'] === 'string' && typeof item['message'] === 'string'
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
