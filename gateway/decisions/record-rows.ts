import type { Logger } from '../basics/logger.ts'
import type { DecisionLog } from './decision-log.ts'
import type { DecisionRecord } from './decision.ts'

/** A row for the log of decisions. */
export interface LogRow {
  readonly record: DecisionRecord
  /** JSON of its input; undefined: the log writes it. */
  readonly text: string | undefined
}

/** Never rejects. @returns whether it failed */
export async function recordRows(log: DecisionLog, logger: Logger, rows: readonly LogRow[]): Promise<boolean> {
  const [first] = rows
  if (first === undefined) return false
  const [records, texts] = [rows.map(({ record }) => record), rows.map(({ text }) => text)]
  try {
    await (rows.length === 1 ? log.append(first.record, first.text) : log.appendMany(records, texts))
    return false
  } catch (error) {
    logger.error({ error: String(error), count: rows.length }, 'decisions could not be recorded: nothing is allowed')
    return true
  }
}
