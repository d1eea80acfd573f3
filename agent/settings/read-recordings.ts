import type { FieldProblem } from '../basics/agent-error.ts'
import type { RecordingSettings } from './agent-settings.ts'
import { readFields } from './field-reader.ts'
import type { FieldReader } from './field-reader.ts'

const whenNotSaid = { keepDays: 30, keepMb: 500 }

/** `recordings`: `"off"`, or how much is kept; null: none are made. */
export function readRecordings(root: FieldReader, problems: FieldProblem[]): RecordingSettings | null {
  const value = root.value('recordings')
  if (value === 'off') return null
  if (value !== undefined && (typeof value !== 'object' || value === null)) {
    root.problem('recordings', 'must be "off", or { "keepDays": ..., "keepMb": ..., "whenFull": "oldest" or "stop" }')
    return null
  }
  const fields = readFields(value ?? {}, 'recordings', problems)
  const keepDays = fields.integer('keepDays', { min: 1, max: 3_650, otherwise: whenNotSaid.keepDays })
  const keepMb = fields.integer('keepMb', { min: 10, max: 1_000_000, otherwise: whenNotSaid.keepMb })
  const whenFull = fields.choice('whenFull', ['oldest', 'stop'], 'oldest')
  fields.noOthers()
  return { keepDays, keepBytes: keepMb * 1024 * 1024, whenFull }
}
