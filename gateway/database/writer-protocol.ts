import type { ErrorRemedy } from '../basics/coded-error.ts'
import type { Migration, WriteStatement } from './database.ts'
import type { UnitOutcome } from './run-units.ts'

/** What the writer's worker starts with. */
export interface WriterStart {
  readonly file: string
  readonly migrations: readonly Migration[]
  readonly nowMs: number
}

/** To the worker: one group of units, or the end. */
export type WriterOrder = { readonly kind: 'group'; readonly units: readonly (readonly WriteStatement[])[] } | { readonly kind: 'close' }

/** A CodedError, as far as it passes between threads. */
export interface ErrorParts {
  readonly code: string
  readonly message: string
  readonly remedy: ErrorRemedy
  readonly details: Readonly<Record<string, unknown>>
}

/** From the worker. `failed`: for good; `busy`: this group was not carried out, the next may be. */
export type WriterReport =
  | { readonly kind: 'ready'; readonly migrated: readonly string[] }
  | { readonly kind: 'refused'; readonly error: ErrorParts }
  | { readonly kind: 'group'; readonly outcomes: UnitOutcome[] }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly cause: string }
