import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { policyDataSchemas } from '../data/policy-data.ts'
import { typeWords } from './type-words.ts'

interface TypedName {
  readonly name: string
  readonly type: string
  readonly text: string
}

export interface BuiltinFunction {
  readonly name: string
  /** How it is written between its arguments: `&`. */
  readonly infix: string | null
  readonly args: readonly TypedName[]
  readonly result: TypedName
  readonly text: string
}

/** What there is to write with: the contract, as an editor offers it. */
export interface PolicyLanguage {
  readonly builtins: readonly BuiltinFunction[]
  readonly keywords: readonly string[]
  readonly inputSchema: unknown
  readonly outputSchema: unknown
  readonly dataSchema: unknown
  /** Of each document of `data/` that the shipped rules read. */
  readonly dataFiles: Readonly<Record<string, unknown>>
  readonly entrypoint: string
}

const keywords = 'as contains default else every false if import in not null package set some true with'.split(' ')

/** From the files of the contract. The words about each function are those that the compiler carries (Open Policy Agent, Apache-2.0). */
export function readPolicyLanguage(contractDir: string): PolicyLanguage {
  const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(contractDir, ...path), 'utf8'))
  const dataFiles = Object.fromEntries(
    Object.keys(policyDataSchemas).map((name) => [`data/${name}.json`, read('schemas', 'data', `${name}.json`)]),
  )
  return {
    builtins: (read('capabilities.json') as Capabilities).builtins.filter(({ name }) => !name.startsWith('internal.')).map(builtinOf),
    keywords,
    inputSchema: read('schemas', 'input.json'),
    outputSchema: read('schemas', 'output.json'),
    dataSchema: { type: 'object', properties: Object.assign({}, ...Object.values(dataFiles).map(propertiesOf)) },
    dataFiles,
    entrypoint: 'data.sallyport.access.decision',
  }
}

interface Capabilities {
  readonly builtins: readonly {
    readonly name: string
    readonly infix?: string
    readonly description?: string
    readonly decl: { readonly args?: readonly Declared[]; readonly result?: Declared }
  }[]
}

type Declared = Parameters<typeof typeWords>[0] & { readonly name?: string; readonly description?: string }

function builtinOf({ name, infix, description, decl }: Capabilities['builtins'][number]): BuiltinFunction {
  const args = (decl.args ?? []).map((argument, index) => typed(argument, `x${index + 1}`))
  const result = decl.result === undefined ? { name: '', type: 'boolean', text: '' } : typed(decl.result, 'result')
  return { name, infix: infix ?? null, args, result, text: description ?? '' }
}

const typed = (declared: Declared, otherwise: string): TypedName => ({
  name: declared.name ?? otherwise,
  type: typeWords(declared),
  text: declared.description ?? '',
})

const propertiesOf = (schema: unknown): object =>
  typeof schema === 'object' && schema !== null && 'properties' in schema ? (schema.properties as object) : {}
