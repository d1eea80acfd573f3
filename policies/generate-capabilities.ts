import { policyBuiltins } from '../gateway/policies-admin/policy-builtins.ts'
import { runOpa } from '../gateway/policies-admin/run-opa.ts'

interface Capabilities {
  readonly builtins: readonly { readonly name: string }[]
}

/** The text of `capabilities.json`: what the compiler offers, cut down to what the Wasm engine answers in the same way. */
export async function generateCapabilities(opa: string): Promise<string> {
  const outcome = await runOpa({ opa, args: ['capabilities', '--current'], cwd: '/', timeLimitMs: 10_000 })
  if (outcome.exitCode !== 0) throw new Error(`opa capabilities: ${outcome.stderr}`)
  const current = JSON.parse(outcome.stdout) as Capabilities
  const allowed = new Set<string>(policyBuiltins)
  const builtins = current.builtins.filter((builtin) => allowed.has(builtin.name))
  const absent = [...allowed].filter((name) => !builtins.some((builtin) => builtin.name === name))
  if (absent.length > 0) throw new Error(`opa does not know: ${absent.join(', ')}`)
  return `${JSON.stringify({ ...current, builtins }, null, 1)}\n`
}
