/** What our checks and the editor need to know of one module; made from the JSON of `opa parse`. */
export interface ModuleOutline {
  readonly path: string
  /** `['data', 'sallyport', 'rules', 'region']` */
  readonly package: readonly string[]
  readonly imports: readonly { readonly path: readonly string[]; readonly name: string }[]
  readonly rules: readonly RuleOutline[]
}

export interface RuleOutline {
  /** Within its package; a rule with a name of several parts has them all. */
  readonly name: readonly string[]
  readonly line: number
  readonly column: number
  readonly isDefault: boolean
  /** `name contains …` */
  readonly isSet: boolean
  /** Null: no function. */
  readonly args: readonly string[] | null
  /** Of its METADATA. */
  readonly annotations: readonly Annotation[]
  readonly reads: readonly RawRef[]
  /** Its value, or what it adds to a set, where that is a plain text, or the `"code"` of it. */
  readonly codes: readonly { readonly code: string; readonly line: number; readonly column: number }[]
  /** The variable, the other rule or the function whose value it adds to a set. */
  readonly adds: string | null
  readonly bodies: readonly BodyOutline[]
}

export interface Annotation {
  readonly title?: string
  readonly description?: string
  readonly entrypoint?: boolean
  readonly custom?: Readonly<Record<string, unknown>>
}

/** As it is written: `name[x].satisfied` is head `name`, parts `[null, 'satisfied']`. */
export interface RawRef {
  readonly head: string
  readonly parts: readonly (string | null)[]
  /** Variables among its parts. */
  readonly variables: readonly string[]
  readonly line: number
  readonly column: number
}

/** Expressions that hold together. */
export interface BodyOutline {
  /** `some key, value in source`, and `value := source[key]` with a free key */
  readonly iterations: readonly { readonly key: string | null; readonly value: string | null; readonly source: RawRef }[]
  /** Of `some id`, where nothing in the body gives it a value: `data.people[id]` goes through all of them. */
  readonly free: readonly string[]
  /** What its expressions read, within other bodies too. */
  readonly reads: readonly RawRef[]
  /** Both sides of `==`, where both are references or the other one is a constant. */
  readonly comparisons: readonly (readonly [RawRef, RawRef | null])[]
}
