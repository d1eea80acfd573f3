import { CodedError, isCodedError } from '../../gateway/basics/coded-error.ts'
import { startChild, type StartedChild } from '../../gateway/commands/start-child.ts'
import type { DemoLog } from './demo-log.ts'

/** A program of the demo in a process of its own. What it says goes to the log; why it did not start, to whoever waits. */
export async function startPart<Ready>(part: {
  readonly name: string
  readonly program: URL
  readonly args: readonly string[]
  readonly log: DemoLog
  readonly onLine?: (said: object) => void
}): Promise<StartedChild<Ready>> {
  const { name, program, args, log, onLine } = part
  let lastWords = ''
  const onLog = (line: string): void => {
    lastWords = sentenceOf(line)
    log.write(name, line)
  }
  try {
    return await startChild<Ready>({ name, program, args, onLog, ...(onLine === undefined ? {} : { onLine }) })
  } catch (error) {
    if (!isCodedError(error, 'child_failed')) throw error
    throw new CodedError({
      code: 'child_failed',
      message: `${name} did not start${lastWords === '' ? '' : `: ${lastWords}`} (${log.fileOf(name)} has more).`,
      remedy: 'retry',
      cause: error,
    })
  }
}

/** The message of a line of our logger, or the line itself. */
function sentenceOf(line: string): string {
  try {
    const said: unknown = JSON.parse(line)
    if (typeof said === 'object' && said !== null && 'msg' in said && typeof said.msg === 'string') return said.msg
  } catch {
    // Not every line is of our logger.
  }
  return line
}
