import type { FuzzTarget } from './fuzz-target.ts'

export async function loadTarget(name: string): Promise<FuzzTarget> {
  const module = (await import(`./targets/${name}.ts`)) as { readonly target: FuzzTarget }
  return module.target
}
