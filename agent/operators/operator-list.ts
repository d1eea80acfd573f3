import { readFileSync, statSync } from 'node:fs'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { FieldProblem } from '../basics/agent-error.ts'
import type { Logger } from '../basics/logger.ts'
import type { Operator } from './operator.ts'
import { readOperators } from './read-operators.ts'

/** Where the customer's list is: in `agent.json`, or in a file of its own. */
export type OperatorSource = readonly Operator[] | { readonly file: string }

/** The customer's list as it is now. */
export interface OperatorList {
  /** Empty while the file cannot be used: then nobody can be let in. */
  all(): readonly Operator[]
  find(name: string): Operator | null
  /** For what needs no proof. @throws AgentError `unknown_operator` */
  known(name: string): void
  /** Whether who presses is asked for a PIN: as soon as one of them has one. */
  readonly pins: boolean
}

/**
 * A file is read again when it has changed; one that cannot be used any more names nobody, until it is mended.
 *
 * @throws AgentError `bad_settings` when the file cannot be used at the start
 */
export function createOperatorList(source: OperatorSource, logger: Logger): OperatorList {
  if (!('file' in source)) return listOf(() => source)
  const { file } = source
  let [seen, operators] = [stampOf(file), readOperatorFile(file)]
  return listOf(() => {
    const stamp = stampOf(file)
    if (stamp === seen) return operators
    seen = stamp
    try {
      operators = readOperatorFile(file)
      logger.info({ operators: operators.length }, 'the list of operators was read again')
    } catch (error) {
      operators = []
      logger.error({ error, reason: errorCode(error) }, 'the list of operators cannot be used: nobody can be let in')
    }
    return operators
  })
}

/** @throws AgentError `bad_settings` with every problem and its path */
export function readOperatorFile(file: string): readonly Operator[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw unusable(file, [{ path: '(whole file)', message: `cannot be read (${errorCode(error)})` }], error)
  }
  return parseOperators(text, file)
}

/** What stands in such a file. @throws as {@link readOperatorFile} */
export function parseOperators(text: string, file: string): readonly Operator[] {
  const problems: FieldProblem[] = []
  let operators: readonly Operator[] = []
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    if (Array.isArray(value)) operators = readOperators(value, 'operators', problems)
    else problems.push({ path: '(whole file)', message: 'must be a list' })
  } catch (error) {
    throw unusable(
      file,
      [{ path: '(whole file)', message: `is not JSON: ${error instanceof Error ? error.message : 'unreadable'}` }],
      error,
    )
  }
  if (problems.length > 0) throw unusable(file, problems)
  return operators
}

const unusable = (file: string, problems: readonly FieldProblem[], cause?: unknown): AgentError =>
  new AgentError({
    code: 'bad_settings',
    message: `The list of operators ${file} cannot be used:\n${problems.map((one) => `  ${one.path}: ${one.message}`).join('\n')}`,
    problems,
    cause,
  })

export const unknownOperator = (): AgentError =>
  new AgentError({ code: 'unknown_operator', message: 'Choose who presses from the list of operators.' })

function listOf(all: () => readonly Operator[]): OperatorList {
  const find = (name: string): Operator | null => all().find((one) => one.name === name) ?? null
  return {
    all,
    find,
    known: (name) => {
      if (find(name) === null) throw unknownOperator()
    },
    get pins() {
      return all().some(({ pinHash }) => pinHash !== null)
    },
  }
}

/** Differs when the file is another one, or has another content. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`
}
