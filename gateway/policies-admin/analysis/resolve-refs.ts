import type { ModuleOutline, RawRef, RuleOutline } from './module-outline.ts'

/** A reference from the root, `data` or `input`; null stands for any member. */
export type FullRef = readonly (string | null)[]

/** A rule of the policy with everything that it reads, from the roots. */
export interface PolicyRule {
  readonly module: ModuleOutline
  readonly rule: RuleOutline
  /** `['data', 'sallyport', 'rules', 'region', 'satisfied']`; all clauses of a rule have the same. */
  readonly full: readonly string[]
  readonly reads: readonly FullRef[]
  readonly isTestFile: boolean
}

const isTestFile = (path: string): boolean => path.endsWith('_test.rego')

/** Every rule of every module, its references followed through imports and through the names of its own package. */
export function resolveRules(modules: readonly ModuleOutline[]): readonly PolicyRule[] {
  const named = new Map<string, Set<string>>()
  for (const module of modules) {
    const names = named.get(keyOf(module.package)) ?? new Set<string>()
    for (const { name } of module.rules) names.add(name[0] ?? '')
    named.set(keyOf(module.package), names)
  }
  return modules.flatMap((module) =>
    module.rules.map((rule) => ({
      module,
      rule,
      full: [...module.package, ...rule.name],
      reads: rule.reads.flatMap((ref) => resolveRef(ref, module, named.get(keyOf(module.package)) ?? new Set())),
      isTestFile: isTestFile(module.path),
    })),
  )
}

/** None: a variable or a built-in function. */
export function resolveRef(ref: RawRef, module: ModuleOutline, ownNames: ReadonlySet<string>): FullRef[] {
  if (ref.head === 'data' || ref.head === 'input') return [[ref.head, ...ref.parts]]
  const imported = module.imports.find(({ name }) => name === ref.head)
  if (imported !== undefined) return [[...imported.path, ...ref.parts]]
  return ownNames.has(ref.head) ? [[...module.package, ref.head, ...ref.parts]] : []
}

/** Whether a reference reads this rule: one of both may be longer, for what is around it or in it. */
function reads(ref: FullRef, full: readonly string[]): boolean {
  for (let at = 0; at < Math.min(ref.length, full.length); at++) if (ref[at] !== null && ref[at] !== full[at]) return false
  return true
}

/** Everything that is read from these rules on, themselves too. `follows` says whether a step may be taken. */
export function reachable(
  rules: readonly PolicyRule[],
  start: (rule: PolicyRule) => boolean,
  follows: (from: PolicyRule, to: PolicyRule) => boolean = () => true,
): ReadonlySet<string> {
  const found = new Set<string>()
  let next = rules.filter(start)
  for (const rule of next) found.add(keyOf(rule.full))
  while (next.length > 0) {
    const from = next
    next = rules.filter(
      (rule) => !found.has(keyOf(rule.full)) && from.some((one) => follows(one, rule) && one.reads.some((ref) => reads(ref, rule.full))),
    )
    for (const rule of next) found.add(keyOf(rule.full))
    // A rule's other clauses read, too, what they read.
    next = rules.filter((rule) => next.some((one) => keyOf(one.full) === keyOf(rule.full)))
  }
  return found
}

export const keyOf = (path: readonly string[]): string => path.join('\u0000')
