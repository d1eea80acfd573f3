import { atPlace } from '../finding.ts'
import type { Finding } from '../finding.ts'
import type { BodyOutline, RawRef } from '../module-outline.ts'
import { resolveRef } from '../resolve-refs.ts'
import type { FullRef, PolicyRule } from '../resolve-refs.ts'
import { startsWith } from './lint.ts'
import type { Lint, LintedPolicy } from './lint.ts'

/** Everything of a policy lies below it; what else is in `data` are documents. */
const ofPolicies = ['data', 'sallyport']
const isId = (name: string | null | undefined): boolean => typeof name === 'string' && /^(?:id|key|name)$|_(?:id|key|name)$/u.test(name)

/**
 * A document that is gone through for the entry with one id: the Wasm engine has no index, so that it takes as long as the document is. Keyed by the
 * id, the entry is found at once.
 */
export const scanForLookUp: Lint = (policy) =>
  policy.rules
    .filter(({ isTestFile }) => !isTestFile)
    .flatMap((rule) =>
      rule.rule.bodies.flatMap((body) => [
        ...throughIterations(policy, rule, body),
        ...throughRefs(policy, rule, body),
        ...throughKeys(policy, rule, body),
      ]),
    )

/** `some entry in data.machines; entry.id == input.device.id`, `some id, entry in data.machines; id == input.device.id` */
function throughIterations(policy: LintedPolicy, rule: PolicyRule, body: BodyOutline): Finding[] {
  return body.iterations.flatMap(({ key, value, source }) => {
    const document = documentOf(source, rule)
    if (document === null) return []
    const byId = body.comparisons.some((sides) =>
      sides.some((side) => {
        if (side === null) return false
        const compared =
          (side.head === value && side.parts.length === 1 && isId(side.parts[0])) || (side.head === key && side.parts.length === 0)
        return compared && other(sides, side)?.head !== side.head
      }),
    )
    return byId ? [finding(policy, rule, source, document)] : []
  })
}

/** `data.machines[_].id == input.device.id` */
function throughRefs(policy: LintedPolicy, rule: PolicyRule, body: BodyOutline): Finding[] {
  return body.comparisons.flatMap((sides) =>
    sides.flatMap((side) => {
      const document = side === null ? null : documentOf(side, rule)
      if (side === null || document === null || !isId(side.parts.at(-1)) || side.parts.at(-2) !== null || side.variables.length === 0)
        return []
      return [finding(policy, rule, side, document.slice(0, -2))]
    }),
  )
}

/** `some id; data.machines[id].locked; id == input.device.id` */
function throughKeys(policy: LintedPolicy, rule: PolicyRule, body: BodyOutline): Finding[] {
  const compared = body.free.filter((name) =>
    body.comparisons.some((sides) =>
      sides.some((side) => side?.head === name && side.parts.length === 0 && other(sides, side)?.head !== name),
    ),
  )
  const through = body.reads.find(({ parts, variables: [key] }) => key !== undefined && compared.includes(key) && parts.includes(null))
  const document = through === undefined ? null : documentOf(through, rule)
  if (through === undefined || document === null) return []
  return [finding(policy, rule, through, document.slice(0, through.parts.indexOf(null) - through.parts.length))]
}

const other = (sides: readonly [RawRef, RawRef | null], side: RawRef): RawRef | null => (sides[0] === side ? sides[1] : sides[0])

function documentOf(ref: RawRef, { module }: PolicyRule): FullRef | null {
  const [full] = resolveRef(ref, module, new Set())
  return full !== undefined && full[0] === 'data' && full.length > 1 && !startsWith(full, ofPolicies) ? full : null
}

function finding(policy: LintedPolicy, { module }: PolicyRule, { line, column }: RawRef, document: FullRef): Finding {
  const name = document.map((part) => part ?? '_').join('.')
  return atPlace(
    policy.sources[module.path],
    { path: module.path, line, column },
    {
      severity: 'warning',
      code: 'scan_for_look_up',
      message: `This goes through all of ${name} for one entry, and takes as long as it is. Key the document by the id, and look it up: ${name}[id].`,
    },
  )
}
