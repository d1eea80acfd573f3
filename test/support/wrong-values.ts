/** As much of a JSON schema as the API's description uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

/** Raw JSON texts, so that numbers can be sent that JavaScript cannot hold. */
const texts: Readonly<Record<string, readonly string[]>> = {
  null: ['null'],
  boolean: ['true', 'false'],
  number: ['0', '-1', '0.5', '1e400', '-1e400', '9007199254740993', '1e-400', '123456789012345678901234567890'],
  string: ['""', '"text\\u0000"', '"\\ud800"', '"NaN"', '"true"', '"1"', '"__proto__"', '"*"', '"\\u202eabc"'],
  array: ['[]', '[null]', '[[]]', '["a", 1]'],
  object: ['{}', '{"a": 1}', '{"$ne": null}', '{"toString": "x"}'],
}

/** The kinds of JSON value that a schema can take at all. */
function kindsOf(schema: JsonSchema): Set<string> {
  const kinds = new Set<string>()
  for (const branch of [...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) for (const kind of kindsOf(branch)) kinds.add(kind)
  for (const type of [schema.type ?? []].flat()) kinds.add(type === 'integer' ? 'number' : type)
  for (const value of schema.enum ?? (schema.const === undefined ? [] : [schema.const])) kinds.add(value === null ? 'null' : typeof value)
  return kinds
}

/** JSON texts of every kind that this schema does not take: none where it takes any. */
export function wrongKinds(schema: JsonSchema): string[] {
  const right = kindsOf(schema)
  if (right.size === 0) return []
  return Object.entries(texts).flatMap(([kind, values]) => (right.has(kind) ? [] : values))
}

/** JSON texts of the right kind that no field of the API takes. */
export function wrongOfItsKind(schema: JsonSchema): string[] {
  const kinds = kindsOf(schema)
  return [
    ...(kinds.has('string') ? ['"\\u0000"', '"\\u202e"', `"${'x'.repeat(150_000)}"`] : []),
    ...(kinds.has('number') ? ['-1', '1e400', '9007199254740993'] : []),
    ...(isWhole(schema) ? ['0.5'] : []),
    ...(kinds.has('array') ? [`[${'[],'.repeat(2_000)}[]]`, '[{}]', '[null]'] : []),
  ]
}

const isWhole = ({ type, anyOf = [] }: JsonSchema): boolean => [type ?? []].flat().includes('integer') || anyOf.some(isWhole)
