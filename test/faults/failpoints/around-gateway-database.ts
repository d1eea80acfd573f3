import { setTimeout as wait } from 'node:timers/promises'
import type { CodedError } from '../../../gateway/basics/coded-error.ts'
import type { Database, WriteStatement } from '../../../gateway/database/database.ts'
import { databaseBusy, databaseFailed } from '../../../gateway/database/write-errors.ts'
import { killMyself, type Fault } from './failpoints.ts'

const slowMs = 1_500

/** Puts faults at the gateway's commits. The database behind it is the real one. */
export function aroundGatewayDatabase<Schema>(database: Database<Schema>, reach: (commit: string) => Fault | null): Database<Schema> {
  const { promise: full, resolve: tellFull } = Promise.withResolvers<CodedError>()
  let isFull = false
  // Units are carried out in the order of the calls, also behind a slow one.
  let before: Promise<unknown> = Promise.resolve()
  const write: Database<Schema>['write'] = async (unit) => {
    const fault = isFull ? 'full' : reach(nameOf(unit))
    if (fault === 'full') {
      isFull = true
      const failure = databaseFailed('a failpoint: disk full')
      tellFull(failure)
      throw failure
    }
    if (fault === 'fail') throw databaseBusy()
    if (fault === 'kill-before') killMyself()
    if (fault === 'slow') before = wait(slowMs)
    await before
    const results = await database.write(unit)
    if (fault === 'kill-after') killMyself()
    return results
  }
  return { ...database, write, failed: Promise.race([database.failed, full]) }
}

/** What it changes, in order: `sessions events`. */
function nameOf(unit: readonly WriteStatement[]): string {
  const tables = unit.map(({ query: { sql, parameters } }) => {
    const [, table = '?'] = /(?:insert into|insert or \w+ into|update|delete from|from) "?(\w+)"?/i.exec(sql) ?? []
    const type =
      table === 'events'
        ? parameters.find((value): value is string => typeof value === 'string' && /^[a-z_]+\.[a-z_]+$/.test(value))
        : undefined
    return type === undefined ? table : `events(${type})`
  })
  return [...new Set(tables)].join(' ')
}
