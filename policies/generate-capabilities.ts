import { policyBuiltins } from '../gateway/policies-admin/policy-builtins.ts'
import { runOpa } from '../gateway/policies-admin/run-opa.ts'

interface Capabilities {
  readonly builtins: readonly Builtin[]
}

interface Builtin {
  readonly name: string
  readonly decl: { readonly args: readonly object[] }
}

/** For whoever writes a rule and looks what it sees: the compiler leaves "print" out of what it builds. */
const leftOut = ['print', 'internal.print']

/** The text of `capabilities.json`: what the compiler offers, cut down to what the Wasm engine answers in the same way. */
export async function generateCapabilities(opa: string): Promise<string> {
  const outcome = await runOpa({ opa, args: ['capabilities', '--current'], cwd: '/', timeLimitMs: 10_000 })
  if (outcome.exitCode !== 0) throw new Error(`opa capabilities: ${outcome.stderr}`)
  const current = JSON.parse(outcome.stdout) as Capabilities
  const allowed = new Set<string>([...policyBuiltins, ...leftOut])
  const builtins = current.builtins.filter((builtin) => allowed.has(builtin.name))
  const absent = [...allowed].filter((name) => !builtins.some((builtin) => builtin.name === name))
  if (absent.length > 0) throw new Error(`opa does not know: ${absent.join(', ')}`)
  return `${JSON.stringify({ ...current, builtins: builtins.map(narrowed), allow_net: [] }, null, 1)}\n`
}

/** Wasm joins the members of a set in the order of their hashes, `opa` sorts them: arrays only. */
function narrowed(builtin: Builtin): Builtin {
  if (builtin.name !== 'concat') return builtin
  const array = { name: 'collection', description: 'strings to join', type: 'array', dynamic: { type: 'string' } }
  return { ...builtin, decl: { ...builtin.decl, args: [builtin.decl.args[0] ?? {}, array] } }
}
