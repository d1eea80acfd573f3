import { CodedError } from '../basics/coded-error.ts'
import type { WriteResult, WriteStatement } from './database.ts'
import type { UnitOutcome } from './run-units.ts'
import { sqlValues } from './sql-value.ts'
import { databaseBusy, databaseClosed, databaseFailed, databaseOverloaded } from './write-errors.ts'

const maxUnitsOfGroup = 256

export type Unit = readonly WriteStatement[]

interface Waiting {
  readonly unit: Unit
  readonly resolve: (results: WriteResult[]) => void
  readonly reject: (error: CodedError) => void
}

/** What waits for the writer, in the order of the calls, and the one group that is with it. */
export class WriteQueue {
  readonly #carryOut: (units: readonly Unit[]) => void
  readonly #maxUnits: number
  readonly #whenIdle: (() => void)[] = []
  #waiting: Waiting[] = []
  #inFlight: readonly Waiting[] = []
  #scheduled = false
  /** Why nothing new is taken. */
  #refusal: CodedError | undefined
  #stopped = false

  constructor(options: { readonly carryOut: (units: readonly Unit[]) => void; readonly maxUnits: number }) {
    this.#carryOut = options.carryOut
    this.#maxUnits = options.maxUnits
  }

  push(unit: Unit): Promise<WriteResult[]> {
    const refusal = this.#refusal ?? (this.#waiting.length >= this.#maxUnits ? databaseOverloaded() : undefined)
    if (refusal !== undefined) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ unit: unit.map(encoded), resolve, reject })
      if (this.#scheduled) return
      // What the same turn writes goes into the same commit.
      this.#scheduled = true
      queueMicrotask(() => this.#send())
    })
  }

  /** The group is committed, as far as its units were not refused. */
  settle(outcomes: readonly UnitOutcome[]): void {
    this.#takeGroup().forEach((entry, index) => {
      const outcome = outcomes[index]
      if (outcome === undefined) entry.reject(databaseFailed('the writer lost a unit'))
      else if (outcome.done) entry.resolve(outcome.results)
      else entry.reject(new CodedError(outcome.refusal))
    })
    this.#send()
  }

  /** Nothing of the group was carried out; those that come after it may be. */
  refuseGroup(): void {
    for (const entry of this.#takeGroup()) entry.reject(databaseBusy())
    this.#send()
  }

  /** Takes nothing new; resolves when all that was taken is settled. */
  async drain(): Promise<void> {
    this.#refusal ??= databaseClosed()
    if (this.#stopped || (this.#inFlight.length === 0 && this.#waiting.length === 0)) return
    await new Promise<void>((resolve) => void this.#whenIdle.push(resolve))
  }

  /** For good: rejects all that waits, and all that will come. */
  stop(error: CodedError): void {
    this.#stopped = true
    this.#refusal = error
    const rejected = [...this.#takeGroup(), ...this.#waiting]
    this.#waiting = []
    for (const entry of rejected) entry.reject(error)
    this.#tellIdle()
  }

  #send(): void {
    this.#scheduled = false
    if (this.#stopped || this.#inFlight.length > 0) return
    if (this.#waiting.length === 0) {
      this.#tellIdle()
      return
    }
    this.#inFlight = this.#waiting.slice(0, maxUnitsOfGroup)
    this.#waiting = this.#waiting.slice(maxUnitsOfGroup)
    this.#carryOut(this.#inFlight.map((entry) => entry.unit))
  }

  #takeGroup(): readonly Waiting[] {
    const group = this.#inFlight
    this.#inFlight = []
    return group
  }

  #tellIdle(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }
}

function encoded(statement: WriteStatement): WriteStatement {
  const { sql, parameters } = statement.query
  return { ...statement, query: { sql, parameters: sqlValues(parameters) } }
}
