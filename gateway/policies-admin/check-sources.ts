import { CodedError } from '../basics/coded-error.ts'
import { judgeSize } from './analysis/policy-limits.ts'
import { sortFiles, type PolicySources } from './policy-files.ts'

const segment = String.raw`[A-Za-z0-9_][\w.-]*`
const path = new RegExp(`^(?:${segment}/)*${segment}$`)

/**
 * Signs that turn the direction of what stands beside them (CVE-2021-42574): a reviewer would read another rule than the compiler does.
 * In a text that needs one, JSON and Rego can write it as `\\u202e`.
 */
const turnsDirection = (text: string): boolean => /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text)

/**
 * Only what can be a policy: nothing outside of its folder, nothing that would be no part of the revision.
 * @throws CodedError `policy_refused` naming each path, `policy_too_big`
 */
export function checkSources(sources: PolicySources): void {
  const paths = Object.keys(sources)
  const [tooBig] = judgeSize(sources)
  if (tooBig !== undefined) throw new CodedError({ code: 'policy_too_big', message: tooBig.message, remedy: 'fix' })
  const { sources: rules, tests, data } = sortFiles(paths)
  const known = new Set([...rules, ...tests, ...data])
  const problems = paths
    .filter(
      (name) => !known.has(name) || !path.test(name) || name.length > 200 || /^(?:compiled|schemas|examples|node_modules)\//.test(name),
    )
    .map((name) => ({ path: name.slice(0, 200), message: 'is not the path of a rule or test (*.rego) or of data (data/*.json)' }))
  problems.push(...alikePaths(paths))
  const turned = Object.entries(sources).filter(([, text]) => turnsDirection(text))
  problems.push(...turned.map(([name]) => ({ path: name, message: 'has a sign that turns the direction of the text beside it' })))
  if (problems.length === 0) return
  throw new CodedError({ code: 'policy_refused', message: 'Some files cannot be part of a policy.', remedy: 'fix', problems })
}

/** Where capital letters make no difference (macOS, Windows), two such names are one file, and the same checkout has another digest. */
function alikePaths(paths: readonly string[]): { path: string; message: string }[] {
  const known = new Map<string, string>()
  return paths.flatMap((path) => {
    // Folders count as well: `Rules/a.rego` and `rules/b.rego` lie in one folder there.
    const names = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))
    const other = names
      .map((name) => [name, known.get(name.toLowerCase())] as const)
      .find(([name, was]) => was !== undefined && was !== name)
    for (const name of names) if (!known.has(name.toLowerCase())) known.set(name.toLowerCase(), name)
    return other === undefined ? [] : [{ path, message: `differs from ${other[1]} in nothing but capital letters` }]
  })
}
