import { parseArgs } from 'node:util'

export interface BenchOptions {
  readonly quick: boolean
  readonly only: readonly string[]
  readonly jsonFile: string | null
  readonly profileDir: string | null
}

export const usage = `npm run bench -- [--quick] [--only NAME]... [--json FILE] [--profile DIR]
  --quick        under a minute: shows that everything runs; its figures mean little
  --only NAME    this benchmark alone; may be given several times
  --json FILE    writes the figures there too
  --profile DIR  gateway and agent leave a V8 CPU profile in DIR (do not compare figures then)
`

/** @throws Error with a sentence and the usage */
export function readOptions(args: readonly string[], names: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  })
  const unknown = values.only.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(', ')}; there are: ${names.join(', ')}`)
  return { quick: values.quick, only: values.only, jsonFile: values.json ?? null, profileDir: values.profile ?? null }
}
