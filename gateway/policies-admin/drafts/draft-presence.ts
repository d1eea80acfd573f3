import type { Clock, Timer } from '../../basics/clock.ts'
import type { PersonId } from '../../basics/ids.ts'
import type { DraftId } from './draft.ts'

export interface PresentPerson {
  readonly person: PersonId
  /** The file that she looks at; null: none. */
  readonly path: string | null
}

/** Who has a draft open. Kept in memory alone: it is true now or not at all. */
export interface Presence {
  /** Said again every 15 s; whoever says nothing for 45 s is gone. */
  say(draft: DraftId, person: PersonId, path: string | null): void
  of(draft: DraftId): readonly PresentPerson[]
}

export interface PresenceOptions {
  readonly clock: Clock
  /** Somebody came, went, or opened another file. */
  readonly onChange: (draft: DraftId, present: readonly PresentPerson[]) => void
}

const goneAfterMs = 45_000

export function createPresence({ clock, onChange }: PresenceOptions): Presence {
  const drafts = new Map<DraftId, Map<PersonId, { readonly path: string | null; readonly timer: Timer }>>()
  const of = (draft: DraftId): PresentPerson[] => [...(drafts.get(draft) ?? [])].map(([person, { path }]) => ({ person, path }))

  function leave(draft: DraftId, person: PersonId): void {
    const present = drafts.get(draft)
    present?.delete(person)
    if (present?.size === 0) drafts.delete(draft)
    onChange(draft, of(draft))
  }

  return {
    say(draft, person, path) {
      const present = drafts.get(draft) ?? new Map()
      drafts.set(draft, present)
      const before = present.get(person)
      before?.timer.cancel()
      present.set(person, { path, timer: clock.after(goneAfterMs, () => leave(draft, person)) })
      if (before === undefined || before.path !== path) onChange(draft, of(draft))
    },
    of,
  }
}
