import fc from 'fast-check'

/** As far as the documents of `data/` need it: what `z.toJSONSchema` writes for them. */
export interface DocumentSchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly DocumentSchema[]
  readonly properties?: Readonly<Record<string, DocumentSchema>>
  readonly required?: readonly string[]
  readonly propertyNames?: DocumentSchema
  readonly additionalProperties?: DocumentSchema | boolean
  readonly items?: DocumentSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly pattern?: string
}

/**
 * Any document that its schema allows, from empty to both ends of what it bounds.
 *
 * @param words - what names and texts are taken from, so that what somebody looks up is often there
 */
export function arbitraryDocument(schema: DocumentSchema, words: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => arbitraryDocument(one, words)))
  switch (schema.type) {
    case 'object':
      return arbitraryMembers(schema, words)
    case 'array':
      return fc.array(arbitraryDocument(schema.items ?? {}, words), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      })
    case 'integer': {
      const [min, max] = [schema.minimum ?? 0, schema.maximum ?? 1_000]
      return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }))
    }
    case 'string':
      return fc.constantFrom(...wordsThatFit(schema, words))
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      throw new Error(`No documents of this schema can be made: ${JSON.stringify(schema)}`)
  }
}

function arbitraryMembers(schema: DocumentSchema, words: readonly string[]): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], propertyNames = {}, additionalProperties } = schema
  if (Object.keys(properties).length > 0) {
    const members = Object.entries(properties).map(([name, one]) => [name, arbitraryDocument(one, words)] as const)
    return fc.record(Object.fromEntries(members), { requiredKeys: [...required] }).filter(endsLater)
  }
  if (typeof additionalProperties !== 'object') return fc.constant({})
  const name = fc.constantFrom(...((propertyNames.enum as readonly string[] | undefined) ?? wordsThatFit(propertyNames, words)))
  return fc.dictionary(name, arbitraryDocument(additionalProperties, words), { maxKeys: 6, noNullPrototype: true })
}

/** What schemas cannot say: a span ends after it begins. */
const endsLater = ({ from, to }: Readonly<Record<string, unknown>>): boolean =>
  typeof from !== 'string' || typeof to !== 'string' || from < to

function wordsThatFit({ pattern, minLength = 0 }: DocumentSchema, words: readonly string[]): readonly string[] {
  const fits = new RegExp(pattern ?? '', 'u')
  const found = words.filter((word) => word.length >= minLength && fits.test(word))
  if (found.length === 0) throw new Error(`None of the words fits ${pattern}`)
  return found
}
