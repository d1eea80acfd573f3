import type { PolicySources } from '../policy-files.ts'
import { countRules } from './count-rules.ts'
import { ofWholeFile, ofWholePolicy } from './finding.ts'
import type { Finding } from './finding.ts'
import type { ModuleOutline } from './module-outline.ts'

/** How large a policy may be. The engine evaluates every rule that counts, one after the other, in a fraction of a millisecond. */
export const policyLimits = {
  mostFiles: 500,
  mostBytes: 2 * 1024 * 1024,
  mostFileBytes: 256 * 1024,
  mostRules: 2_000,
} as const

const number = new Intl.NumberFormat('en')

/** What can be said of a policy's size before anything of it is read. */
export function judgeSize(sources: PolicySources): Finding[] {
  const { mostFiles, mostBytes, mostFileBytes } = policyLimits
  const sizes = Object.entries(sources).map(([path, text]) => ({ path, bytes: Buffer.byteLength(text) }))
  const bytes = sizes.reduce((sum, file) => sum + file.bytes, 0)
  const findings = sizes
    .filter((file) => file.bytes > mostFileBytes)
    .map((file) =>
      ofWholeFile(
        file.path,
        'file_too_big',
        `${file.path} has ${number.format(file.bytes)} bytes, and ${number.format(mostFileBytes)} is the most. Split it; put what is alike into data.`,
      ),
    )
  if (sizes.length > mostFiles)
    findings.push(
      ofWholePolicy(
        'policy_too_big',
        `The policy has ${number.format(sizes.length)} files, and ${mostFiles} is the most. Put rules that are alike together.`,
      ),
    )
  if (bytes > mostBytes) {
    const [largest] = sizes.toSorted((a, b) => b.bytes - a.bytes)
    findings.push(
      ofWholePolicy(
        'policy_too_big',
        `The policy has ${number.format(bytes)} bytes, and ${number.format(mostBytes)} is the most. The largest file is ${largest?.path ?? ''} with ${number.format(largest?.bytes ?? 0)}.`,
      ),
    )
  }
  const rego = Object.entries(sources).filter(([path]) => path.endsWith('.rego'))
  return findings.length > 0 ? findings : tooMany(rego.map(([path, text]) => ({ path, rules: countRules(text) })))
}

/** As the compiler reads them, where {@link judgeSize} cannot count every one of them. */
export const judgeRules = (modules: readonly ModuleOutline[]): Finding[] =>
  tooMany(modules.map(({ path, rules }) => ({ path, rules: rules.length })))

/** Rules count with each of their clauses; those of tests do not. */
function tooMany(modules: readonly { readonly path: string; readonly rules: number }[]): Finding[] {
  const counted = modules.filter(({ path }) => !path.endsWith('_test.rego'))
  const sum = counted.reduce((so, { rules }) => so + rules, 0)
  if (sum <= policyLimits.mostRules) return []
  const [largest] = counted.toSorted((a, b) => b.rules - a.rules)
  const message = `The policy has ${number.format(sum)} rules, and ${number.format(policyLimits.mostRules)} is the most; ${largest?.path ?? ''} has ${number.format(largest?.rules ?? 0)} of them. Put what is alike into a document of data/ and look it up by its id.`
  return [ofWholeFile(largest?.path ?? '', 'too_many_rules', message)]
}
