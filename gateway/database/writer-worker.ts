import { parentPort, workerData } from 'node:worker_threads'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { isCodedError } from '../basics/coded-error.ts'
import { connectWriter } from './connect.ts'
import { runMigrations } from './run-migrations.ts'
import { runUnits } from './run-units.ts'
import { fatalCauseOf, isBusy } from './sqlite-errors.ts'
import { createStatementCache } from './statement-cache.ts'
import { databaseUnusable } from './write-errors.ts'
import type { ErrorParts, WriterOrder, WriterReport, WriterStart } from './writer-protocol.ts'

// The entry of the worker thread: this is the only file that runs there by itself.
const report = (message: WriterReport): void => parentPort?.postMessage(message)

start(workerData as WriterStart)

function start({ file, migrations, nowMs }: WriterStart): void {
  let connection: DatabaseSync | undefined
  try {
    connection = connectWriter(file)
    const migrated = runMigrations(connection, migrations, nowMs)
    serve(connection)
    report({ kind: 'ready', migrated })
  } catch (error) {
    connection?.close()
    report({ kind: 'refused', error: partsOf(error, file) })
  }
}

function serve(connection: DatabaseSync): void {
  const prepared = createStatementCache(connection)
  parentPort?.on('message', (order: WriterOrder) => {
    if (order.kind === 'group') return report(carryOut(connection, prepared, order.units))
    connection.close()
    parentPort?.close()
  })
}

function carryOut(
  connection: DatabaseSync,
  prepared: (sql: string) => StatementSync,
  units: Extract<WriterOrder, { kind: 'group' }>['units'],
): WriterReport {
  try {
    return { kind: 'group', outcomes: runUnits(connection, prepared, units) }
  } catch (error) {
    if (isBusy(error)) return { kind: 'busy' }
    return { kind: 'failed', cause: fatalCauseOf(error) ?? (error instanceof Error ? error.message : String(error)) }
  }
}

function partsOf(error: unknown, file: string): ErrorParts {
  const { code, message, remedy, details } = isCodedError(error) ? error : databaseUnusable(error, file)
  return { code, message, remedy, details }
}
