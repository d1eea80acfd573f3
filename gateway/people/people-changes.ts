import type { PersonId } from '../basics/ids.ts'

/** Tells everybody who depends on a person's facts that they changed. `reason` says what: `facts`, `status`, `credentials`, `signed_out`. */
export class PeopleChanges {
  readonly #listeners = new Set<(id: PersonId, reason: PersonChange) => void>()

  onChange(listener: (id: PersonId, reason: PersonChange) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  tell(id: PersonId, reason: PersonChange): void {
    for (const listener of this.#listeners) listener(id, reason)
  }
}

export type PersonChange = 'facts' | 'status' | 'credentials' | 'signed_out'
