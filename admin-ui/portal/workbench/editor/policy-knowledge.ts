import type { PolicySymbol } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import type { Builtin, Language } from '../../../../gateway/http-api/contract/policy-language.ts'
import type { FieldSchema } from './schema-fields.ts'

/** What the editor knows of the contract and of the draft: for completion, hover and going to a definition. */
export interface PolicyKnowledge {
  readonly keywords: readonly string[]
  readonly builtins: ReadonlyMap<string, Builtin>
  readonly roots: Readonly<Record<'input' | 'data', FieldSchema>>
  readonly symbols: readonly PolicySymbol[]
}

export const nothingKnown: PolicyKnowledge = { keywords: [], builtins: new Map(), roots: { input: {}, data: {} }, symbols: [] }

/** The schemas come from the gateway's own generator, so they have the shape that is read here. */
export const knowledgeOf = (language: Language, symbols: readonly PolicySymbol[]): PolicyKnowledge => ({
  keywords: language.keywords,
  builtins: new Map(language.builtins.map((builtin) => [builtin.name, builtin])),
  roots: { input: language.input_schema as FieldSchema, data: language.data_schema as FieldSchema },
  symbols,
})

/** `count(collection) → number`, or `x & y → …` for what is written between its arguments. */
export const signatureOf = ({ name, infix, args, result }: Builtin): string =>
  `${infix === null ? `${name}(${args.map((arg) => `${arg.name}: ${arg.type}`).join(', ')})` : args.map((arg) => arg.name).join(` ${infix} `)} → ${result.type}`
