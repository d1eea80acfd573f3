/** A type as the compiler's capabilities declare it. */
export interface DeclaredType {
  readonly type: string
  readonly of?: DeclaredType | readonly DeclaredType[]
  readonly dynamic?: DeclaredType | { readonly key: DeclaredType; readonly value: DeclaredType }
  readonly static?: readonly DeclaredType[] | readonly { readonly key: unknown; readonly value: DeclaredType }[]
}

/** `array[string]`, `set[any]`, `object[string: number]`, `string or number`. */
export function typeWords(declared: DeclaredType): string {
  const { type, of: inner, dynamic } = declared
  if (type === 'any') return Array.isArray(inner) ? inner.map(typeWords).join(' or ') : 'any'
  if (type === 'set') return `set[${inner === undefined || Array.isArray(inner) ? 'any' : typeWords(inner as DeclaredType)}]`
  if (type === 'array') return `array[${dynamic === undefined ? parts(declared) : typeWords(dynamic as DeclaredType)}]`
  if (type === 'object' && dynamic !== undefined && 'key' in dynamic)
    return `object[${typeWords(dynamic.key)}: ${typeWords(dynamic.value)}]`
  return type
}

const parts = ({ static: listed }: DeclaredType): string =>
  listed === undefined || listed.length === 0 ? 'any' : (listed as readonly DeclaredType[]).map(typeWords).join(', ')
