import { CodedError } from '../../basics/coded-error.ts'

/** What an exit code of `sallyport policy` means. A pipeline tells by it whether the policy is at fault, or nobody could be asked. */
const meanings = {
  0: 'well',
  1: 'findings',
  2: 'usage',
  3: 'not_signed_in',
  4: 'unreachable',
  5: 'refused',
  6: 'waits',
} as const
export type PolicyExitCode = keyof typeof meanings

/** One line of JSON, in which the exit code stands as well; sets it. */
export function tellJson(answer: object, exitCode: PolicyExitCode = 0): void {
  process.stdout.write(`${JSON.stringify({ schemaVersion: 1, exit_code: exitCode, meaning: meanings[exitCode], ...answer })}\n`)
  process.exitCode = exitCode
}

/** What the policy itself is to be mended for. */
const findings: ReadonlySet<string> = new Set([
  'policy_refused',
  'policy_too_big',
  'policy_does_not_compile',
  'too_large',
  'tests_red',
  'coverage_too_low',
])
const ofCode: Readonly<Record<string, PolicyExitCode>> = { usage: 2, policy_not_readable: 2, unreachable: 4, bad_input: 2 }

/** @param error anything that a policy command ended with */
export function policyExitCode(error: unknown): PolicyExitCode {
  if (!(error instanceof CodedError)) return 5
  return ofCode[error.code] ?? (error.remedy === 'sign_in' ? 3 : findings.has(error.code) ? 1 : 5)
}

/** The same as on stderr, for who asked for JSON. */
export function tellPolicyError(error: unknown, exitCode: PolicyExitCode, message: string): void {
  const coded = error instanceof CodedError ? error : undefined
  const percent = coded?.details['denied_percent']
  const said = {
    code: coded?.code ?? (exitCode === 2 ? 'usage' : 'failed'),
    message,
    problems: coded?.problems ?? [],
    ...(typeof percent === 'number' ? { denied_percent: percent } : {}),
  }
  tellJson({ error: said }, exitCode)
}
