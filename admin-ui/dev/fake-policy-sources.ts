import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Language } from '../../gateway/http-api/contract/policy-language.ts'

const root = fileURLToPath(new URL('../../policies/', import.meta.url))
const readJson = (path: string): unknown => JSON.parse(readFileSync(root + path, 'utf8'))

/** The shipped policy as it is in the repository. */
export const shippedSources = (): Record<string, string> =>
  Object.fromEntries(
    ['access', 'rules', 'data'].flatMap((folder) =>
      readdirSync(root + folder)
        .toSorted()
        .map((name) => [`${folder}/${name}`, readFileSync(`${root}${folder}/${name}`, 'utf8')] as const),
    ),
  )

interface Declared {
  readonly name: string
  readonly description: string
  readonly decl: {
    readonly args?: readonly { readonly name?: string; readonly type: string; readonly description?: string }[]
    /** `print` gives nothing. */
    readonly result?: { readonly name?: string; readonly type: string; readonly description?: string }
  }
}

export const fakeLanguage = (): Language => {
  const { builtins } = readJson('capabilities.json') as { readonly builtins: readonly Declared[] }
  const typed = ({ name = '', type, description = '' }: { name?: string; type: string; description?: string }) => ({
    name,
    type,
    text: description,
  })
  return {
    builtins: builtins.map(({ name, description, decl }) => ({
      name,
      infix: null,
      args: (decl.args ?? []).map(typed),
      result: typed(decl.result ?? { type: 'any' }),
      text: description,
    })),
    keywords: ['package', 'import', 'default', 'if', 'contains', 'in', 'every', 'some', 'not', 'with', 'else'],
    input_schema: readJson('schemas/input.json'),
    output_schema: readJson('schemas/output.json'),
    data_schema: {
      type: 'object',
      properties: { limits: { type: 'object', properties: { max_extensions: { type: 'integer' } } } },
    },
    data_files: {},
    entrypoint: 'sallyport/access/decision',
  }
}
