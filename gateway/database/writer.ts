import { Worker } from 'node:worker_threads'
import { CodedError } from '../basics/coded-error.ts'
import type { Logger } from '../basics/logger.ts'
import { ownFile } from '../basics/own-file.ts'
import type { WriteResult } from './database.ts'
import { databaseClosed, databaseFailed } from './write-errors.ts'
import { WriteQueue } from './write-queue.ts'
import type { Unit } from './write-queue.ts'
import type { WriterOrder, WriterReport, WriterStart } from './writer-protocol.ts'

export interface Writer {
  write(unit: Unit): Promise<WriteResult[]>
  readonly failed: Promise<CodedError>
  /** Takes nothing new; resolves when all that was taken is committed or rejected. */
  drain(): Promise<void>
  close(): Promise<void>
}

/**
 * The one writer, in a worker thread. Whatever came in while the worker was busy goes into its next transaction (group commit).
 *
 * @throws CodedError of the migrations, or `database_unusable`
 */
export async function startWriter(options: WriterStart & { readonly maxQueuedUnits: number; readonly logger: Logger }): Promise<Writer> {
  const { file, migrations, nowMs, maxQueuedUnits, logger } = options
  const worker = new Worker(ownFile(import.meta.url, './writer-worker'), {
    workerData: { file, migrations, nowMs } satisfies WriterStart,
    name: 'database-writer',
    // Flags of the process can be such as no worker takes (`--input-type`).
    execArgv: [],
  })
  const exited = new Promise<void>((resolve) => void worker.once('exit', () => resolve()))
  const migrated = await untilReady(worker)
  if (migrated.length > 0) logger.info({ migrations: migrated }, 'database migrated')
  return serve(worker, { exited, maxQueuedUnits, logger })
}

function untilReady(worker: Worker): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    let reason = databaseFailed('the writer ended before it was ready')
    worker.once('error', (error) => void (reason = databaseFailed(`the writer crashed: ${String(error)}`)))
    worker.once('exit', () => reject(reason))
    worker.once('message', (report: WriterReport) => {
      if (report.kind === 'ready') return resolve(report.migrated)
      if (report.kind === 'refused') reason = new CodedError(report.error)
      void worker.terminate()
    })
  })
}

function serve(
  worker: Worker,
  { exited, maxQueuedUnits, logger }: { readonly exited: Promise<void>; readonly maxQueuedUnits: number; readonly logger: Logger },
): Writer {
  const { promise: failed, resolve: tellFailed } = Promise.withResolvers<CodedError>()
  const order = (message: WriterOrder): void => worker.postMessage(message)
  const queue = new WriteQueue({ maxUnits: maxQueuedUnits, carryOut: (units) => order({ kind: 'group', units }) })
  let closing = false

  function fail(cause: string): void {
    const failure = databaseFailed(cause)
    logger.error({ cause }, 'the database failed; nothing is written any more')
    queue.stop(failure)
    tellFailed(failure)
  }

  worker.on('message', (report: WriterReport) => {
    if (report.kind === 'group') queue.settle(report.outcomes)
    else if (report.kind === 'busy') queue.refuseGroup()
    else if (report.kind === 'failed') fail(report.cause)
  })
  worker.on('error', (error) => fail(`the writer crashed: ${String(error)}`))
  worker.on('exit', () => (closing ? queue.stop(databaseClosed()) : fail('the writer ended')))

  return {
    failed,
    write: (unit) => queue.push(unit),
    drain: () => queue.drain(),
    async close() {
      await queue.drain()
      closing = true
      order({ kind: 'close' })
      await exited
    },
  }
}
