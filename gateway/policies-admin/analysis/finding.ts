/** Something to be said about a place in a policy. Lines and columns count from 1; the end is behind the last character. */
export interface Finding {
  /** Empty: about the whole policy. */
  readonly path: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** An `error` stands against a revision; the others are for people to judge. */
  readonly severity: 'error' | 'warning' | 'hint'
  /** snake_case: `rego_type_error` of the compiler, `unused_rule` of our own checks. */
  readonly code: string
  readonly message: string
}

export const ofWholePolicy = (code: string, message: string, severity: Finding['severity'] = 'error'): Finding => ({
  path: '',
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  severity,
  code,
  message,
})

export const ofWholeFile = (path: string, code: string, message: string, severity: Finding['severity'] = 'error'): Finding => ({
  ...ofWholePolicy(code, message, severity),
  path,
})

/** The word that begins at a place; a place behind the end of a line is moved onto its last character. */
export function atPlace(
  text: string | undefined,
  place: { readonly path: string; readonly line: number; readonly column: number },
  said: Pick<Finding, 'severity' | 'code' | 'message'>,
): Finding {
  const lines = (text ?? '').split('\n')
  const line = Math.min(Math.max(1, place.line), Math.max(1, lines.length))
  const words = lines[line - 1] ?? ''
  const column = Math.min(Math.max(1, place.column), Math.max(1, words.length))
  const [word = ' '] = /^(?:[\w.]+|\S)/u.exec(words.slice(column - 1)) ?? []
  return { path: place.path, line, column, endLine: line, endColumn: column + word.length, ...said }
}

/** Of tests that ran: what they say is worth less than what stands against the text itself. */
export const testCodes: ReadonlySet<string> = new Set(['test_failed', 'test_too_slow'])

const order = { error: 0, warning: 2, hint: 3 } as const
const rank = ({ severity, code }: Finding): number => (testCodes.has(code) ? 1 : order[severity])

/** What the compiler refuses, then tests that fail, then warnings and hints; each by file and place. */
export const inOrder = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted(
    (a, b) => rank(a) - rank(b) || compare(a.path, b.path) || a.line - b.line || a.column - b.column || compare(a.code, b.code),
  )

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
