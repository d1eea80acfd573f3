import { policyBuiltins } from '../gateway/policies-admin/policy-builtins.ts'
import { generateSchemas } from './generate-schemas.ts'

/** As far as a page needs it: what `z.toJSONSchema` writes for the contract. */
interface Schema {
  readonly description?: string
  readonly type?: string
  readonly const?: string | number | boolean
  readonly enum?: readonly (string | number)[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly maxLength?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

const head = `# Policy contract

Generated from the schemas by \`node policies/build.ts\`; a test holds it to them. What a policy is asked and what it answers: entrypoint
\`sallyport/access/decision\`, Rego v1, compiled to Wasm. Every member of the input is always there: what does not exist is null, so that a policy
never guesses. Every instant is an integer of Unix seconds. Whatever is outside of the answer's shape, an error or a timeout is a denial with the
code \`policy_error\`.

How to write a rule: [first-rule.md](first-rule.md). Policies to take over: [cookbook.md](cookbook.md).
`

const reasons = `## Texts

The text of a denial lies beside its rule, as \`custom\` fields of its \`# METADATA\`: \`reasons\` by code (\`granted_by\`, \`act\`, and for \`de\` and \`en\` a
\`reason\` and a \`remedy\`), \`missing\` by code (\`de\`, \`en\`). \`granted_by\` says who can remove it: \`self\`, \`operator\`, \`customer\`,
\`service_administrator\`, \`security_team\`, \`nobody\`. *Ask for it* sends a request to those of them who have a list in the portal.
`

const data = `## Data

What can be set without writing Rego: the documents of \`data/\` that the shipped rules read, each in a file of its own (\`data/limits.json\` is
\`{"limits": {…}}\`). A document under another name may be anything. *Common changes* in the workbench edits most of them.
`

/** The text of `docs/policy-contract.md`. */
export function generateContractPage(): string {
  const schemas = generateSchemas()
  const parts = [
    head,
    section('Input', 'input', JSON.parse(schemas['input.json'] ?? '{}') as Schema),
    section('Answer', 'decision', JSON.parse(schemas['output.json'] ?? '{}') as Schema),
    reasons,
    data,
    ...Object.keys(schemas)
      .filter((name) => name.startsWith('data/'))
      .map((name) => documentSection(name, JSON.parse(schemas[name] ?? '{}') as Schema)),
    `## Built-in functions\n\nThe engine has these of OPA's; any other is an error of the compiler with its line.\n\n${inLines(policyBuiltins)}\n`,
  ]
  return parts.join('\n')
}

/** One document of the data; its file holds it under its own name. */
function documentSection(path: string, schema: Schema): string {
  const [[name, document] = ['', {}]] = Object.entries(schema.properties ?? {})
  const rows = innerRows(`data.${name}`, document)
  const whole = document.description ?? ''
  const table = rows.length === 0 ? '' : `| member | what it can be | |\n| --- | --- | --- |\n${rows.join('\n')}\n`
  return [`### ${path}\n`, ...(whole === '' ? [] : [`${whole}: ${typeOf(document)}.\n`]), ...(table === '' ? [] : [table])].join('\n')
}

function section(title: string, root: string, schema: Schema): string {
  const rows = rowsOf(root, schema)
  return `## ${title}\n\n| member | what it can be | |\n| --- | --- | --- |\n${rows.join('\n')}\n`
}

function rowsOf(path: string, schema: Schema): string[] {
  const { value, nullable } = withoutNull(schema)
  const row = `| \`${path}\` | ${typeOf(value)}${nullable ? ', or null' : ''} | ${schema.description ?? value.description ?? ''} |`
  return [...(path.includes('.') ? [row] : []), ...innerRows(path, value)]
}

function innerRows(path: string, { properties = {}, required = [], items, additionalProperties }: Schema): string[] {
  const own = Object.entries(properties).flatMap(([name, inner]) => rowsOf(`${path}.${name}${required.includes(name) ? '' : '?'}`, inner))
  const listed = items?.properties === undefined ? [] : innerRows(`${path}[]`, items)
  const named = typeof additionalProperties === 'object' ? innerRows(`${path}.*`, additionalProperties) : []
  return [...own, ...listed, ...named]
}

/** A value that can be null is written as one of two. */
function withoutNull(schema: Schema): { readonly value: Schema; readonly nullable: boolean } {
  const [value] = (schema.anyOf ?? []).filter(({ type }) => type !== 'null')
  return value === undefined ? { value: schema, nullable: false } : { value, nullable: true }
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (schema.type === 'array')
    return `list of ${plural(schema.items ?? {})}${schema.maxItems === undefined ? '' : `, at most ${schema.maxItems}`}`
  if (schema.type === 'object')
    return typeof schema.additionalProperties === 'object' ? `by name: ${typeOf(schema.additionalProperties)}` : 'object'
  if (schema.type === 'integer') return boundsOf(schema)
  if (schema.type === 'string') return schema.maxLength === undefined ? 'text' : `text, at most ${schema.maxLength}`
  return schema.type === 'boolean' ? '`true` or `false`' : (schema.type ?? '')
}

const plural = (schema: Schema): string => (schema.type === 'object' ? 'objects' : schema.type === 'string' ? 'texts' : typeOf(schema))

function boundsOf({ minimum, maximum }: Schema): string {
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  return bounded ? `integer, ${minimum ?? 0} to ${maximum}` : 'integer'
}

const inLines = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')
