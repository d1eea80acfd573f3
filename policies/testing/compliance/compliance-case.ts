import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'

/** One of the cases by which OPA tests every engine of its own (`v1/test/cases/cases.go` says what each member means). */
export interface ComplianceCase {
  /** Its name. */
  readonly note: string
  readonly query: string
  readonly modules?: readonly string[] | null
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly input?: unknown
  /** A Rego term that stands for the input, where JSON cannot say it. */
  readonly input_term?: string | null
  readonly want_defined?: boolean | null
  readonly want_result?: readonly Readonly<Record<string, unknown>>[] | null
  readonly want_error_code?: string | null
  readonly want_error?: string | null
  readonly sort_bindings?: boolean | null
  /** The error is one of a built-in function, which only shows where those are strict; elsewhere the query is undefined. */
  readonly strict_error?: boolean | null
}

/** Every case below a folder, in the order of the paths. Integers are `bigint`: some cases are about numbers that a double cannot hold. */
export function readCases(dir: string): ComplianceCase[] {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'))
  return files.toSorted().flatMap((path) => {
    const document = parseDocument(readFileSync(join(dir, path), 'utf8'), { intAsBigInt: true })
    const [problem] = document.errors
    if (problem !== undefined) throw new Error(`${path}: ${problem.message}`)
    return (document.toJS({ maxAliasCount: -1 }) as { readonly cases: readonly ComplianceCase[] }).cases
  })
}
