import type { PersonId } from '../basics/ids.ts'

/** Tells everybody who depends on a person's facts that they changed. `reason` says what: `facts`, `status`, `credentials`, `signed_out`. */
export class PeopleChanges {
  readonly #listeners = new Set<PersonListener>()

  onChange(listener: PersonListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  tell(id: PersonId, reason: PersonChange, about: ChangeDetail = {}): void {
    for (const listener of this.#listeners) listener(id, reason, about)
  }
}

export type PersonListener = (id: PersonId, reason: PersonChange, about: ChangeDetail) => void

export interface ChangeDetail {
  /** Unix seconds at the provider, where the change came from it. */
  readonly at?: number
  /** The one session at the provider that it is about. */
  readonly providerSession?: string
}

export type PersonChange = 'facts' | 'status' | 'credentials' | 'signed_out'
