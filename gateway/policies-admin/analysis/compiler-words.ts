import type { PolicySources } from '../policy-files.ts'
import type { OpaOutcome } from '../run-opa.ts'
import { atPlace, ofWholePolicy } from './finding.ts'
import type { Finding } from './finding.ts'

/** The errors of the compiler as it writes them with `--format json`; a run that met a bound says which one. */
export function findingsOf(outcome: OpaOutcome, sources: PolicySources, what: string): Finding[] {
  if (outcome.stopped !== null) return [stoppedFinding(outcome, what)]
  if (outcome.exitCode === 0) return []
  const errors = readErrors(outcome.stderr) ?? readErrors(outcome.stdout)
  if (errors === undefined) return fromText(`${outcome.stderr}${outcome.stdout}`, sources)
  return errors.map((error) => located(sources, error))
}

const bounds = {
  time: 'took longer than it may and was ended. Look for a rule or a test that goes through everything with everything.',
  memory: 'needed more memory than it may have and was ended. Look for a rule or a test that builds large texts or sets.',
  output: 'wrote more than it may and was ended. Look for print() in a loop, or split a file that is too large.',
  cancelled: 'was ended, because something newer was asked for.',
} as const

export const stoppedFinding = ({ stopped }: OpaOutcome, what: string): Finding =>
  ofWholePolicy(`compiler_${stopped ?? 'failed'}`, `${what} ${bounds[stopped ?? 'cancelled']}`)

interface CompilerError {
  readonly message: string
  readonly code?: string
  readonly location?: { readonly file?: string; readonly row?: number; readonly col?: number }
  readonly details?: { readonly oneOf?: unknown; readonly pos?: unknown; readonly ref?: unknown }
}

function readErrors(text: string): readonly CompilerError[] | undefined {
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown }
    return Array.isArray(errors) ? (errors as CompilerError[]) : undefined
  } catch {
    return undefined
  }
}

function located(sources: PolicySources, error: CompilerError): Finding {
  const path = inPolicy(error.location?.file ?? '', sources)
  const said = { severity: 'error', code: error.code ?? 'compiler_error', message: `${sentence(error.message)}${known(error)}` } as const
  if (path === undefined) return ofWholePolicy(said.code, said.message)
  return atPlace(sources[path], { path, line: error.location?.row ?? 1, column: error.location?.col ?? 1 }, said)
}

/** What would have fitted there: the members that the schema knows. */
function known({ details }: CompilerError): string {
  const names = Array.isArray(details?.oneOf) ? details.oneOf.filter((name): name is string => typeof name === 'string') : []
  return names.length === 0 ? '' : ` There is: ${names.slice(0, 30).join(', ')}.`
}

/** `1 error occurred: rules/a.rego:5: rego_type_error: …` is what the test runner writes, whatever format was asked for. */
function fromText(text: string, sources: PolicySources): Finding[] {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\d+ errors? occurred(?: during loading)?: ?/u, ''))
  const findings = lines.flatMap((line) => {
    const [, file = '', row = '', code = 'compiler_error', message = ''] = /^(.+?):(\d+): (?:(rego_\w+): )?(.*)$/u.exec(line) ?? []
    const path = inPolicy(file, sources)
    if (path === undefined || message === '') return []
    const column = (sources[path]?.split('\n')[Number(row) - 1] ?? '').search(/\S/u) + 1
    return [atPlace(sources[path], { path, line: Number(row), column }, { severity: 'error', code, message: sentence(message) })]
  })
  if (findings.length > 0) return findings
  const words = lines.filter((line) => line.trim() !== '').join(' ')
  return [ofWholePolicy('compiler_error', sentence(words === '' ? 'The compiler failed without a word' : words.slice(0, 2_000)))]
}

/** The compiler names files as they were given to it, or with its folder before them. */
export function inPolicy(file: string, sources: PolicySources): string | undefined {
  const name = file.replace(/^\.\//u, '')
  if (Object.hasOwn(sources, name)) return name
  return Object.keys(sources).find((path) => name.endsWith(`/${path}`))
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/u.test(text) ? '' : '.'}`
