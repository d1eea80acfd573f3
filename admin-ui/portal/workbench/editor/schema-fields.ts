/** The part of JSON Schema that the schemas of input and data use. */
export interface FieldSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly additionalProperties?: boolean | FieldSchema
  readonly items?: FieldSchema
  readonly anyOf?: readonly FieldSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

export interface Field {
  readonly name: string
  readonly type: string
  readonly text: string
}

/** All that a value of this schema may be: `null` beside an object is a choice of two. */
const choicesOf = (schema: FieldSchema): readonly FieldSchema[] => (schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(choicesOf))

const stepInto = (schema: FieldSchema, name: string): readonly FieldSchema[] =>
  choicesOf(schema).flatMap((choice) => {
    const found =
      choice.properties?.[name] ?? (typeof choice.additionalProperties === 'object' ? choice.additionalProperties : choice.items)
    return found === undefined ? [] : [found]
  })

/** How a value is called in a list of completions: `string[]`, `object or null`, `"a" | "b"`. */
export const typeOf = (schema: FieldSchema): string => {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ')
  if (schema.type === 'array') return `${schema.items === undefined ? 'any' : typeOf(schema.items)}[]`
  return typeof schema.type === 'string' ? schema.type : (schema.type ?? ['any']).join(' or ')
}

/** The schemas that stand at `path` below the root; a step into an array or a map is any of its values. */
export const schemasAt = (root: FieldSchema, path: readonly string[]): readonly FieldSchema[] =>
  path.reduce<readonly FieldSchema[]>((here, name) => here.flatMap((schema) => stepInto(schema, name)), [root])

/** Members that can stand after `path` and a dot. */
export const fieldsAt = (root: FieldSchema, path: readonly string[]): readonly Field[] => {
  const members = schemasAt(root, path)
    .flatMap(choicesOf)
    .flatMap(({ properties }) => Object.entries(properties ?? {}))
  return [...new Map(members)].map(([name, schema]) => ({ name, type: typeOf(schema), text: schema.description ?? '' }))
}
