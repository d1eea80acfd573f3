import { errorCode } from '../basics/agent-error.ts'

/** As those of the `sallyport` command: 1 failed, 2 wrong usage, 3 this user may not, 4 nobody answers. */
const codes: Readonly<Record<string, number>> = { usage: 2, bad_flags: 2, not_root: 3, not_allowed: 3, no_answer: 4 }

/** With which a command ends that could not do what it was told. */
export function exitCode(error: unknown): number {
  const code = errorCode(error)
  return code.startsWith('ERR_PARSE_ARGS') ? 2 : (codes[code] ?? 1)
}
