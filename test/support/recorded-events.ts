import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface RecordedEvents {
  /** The sequence of each log, in the order of writing. */
  readonly numbersOf: ReadonlyMap<string, readonly number[]>
  ofSession(session: string): readonly { readonly type: string }[]
}

/** Reads the gateway's events past the gateway, as an auditor with the file would. */
export function recordedEvents(dataDir: string): RecordedEvents {
  const database = new DatabaseSync(join(dataDir, 'gateway', 'gateway.sqlite'), { readOnly: true })
  try {
    const rows = database
      .prepare("select log_kind || ':' || log_id as log, seq, type, session from events order by position")
      .all() as unknown as EventRow[]
    const numbersOf = new Map<string, number[]>()
    for (const { log, seq } of rows) numbersOf.set(log, [...(numbersOf.get(log) ?? []), seq])
    return { numbersOf, ofSession: (session) => rows.filter((row) => row.session === session.replace(/^ses_/, '')) }
  } finally {
    database.close()
  }
}

interface EventRow {
  readonly log: string
  readonly seq: number
  readonly type: string
  readonly session: string | null
}
