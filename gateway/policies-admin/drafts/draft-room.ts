import type { Clock } from '../../basics/clock.ts'
import { CodedError } from '../../basics/coded-error.ts'
import type { OrganisationId, PersonId } from '../../basics/ids.ts'
import type { Random } from '../../basics/random.ts'
import type { PolicySources } from '../policy-files.ts'
import type { RevisionOrder } from '../revisions/create-revision.ts'
import type { Draft, DraftId, DraftNews } from './draft.ts'
import { createPresence } from './draft-presence.ts'
import type { Presence, PresentPerson } from './draft-presence.ts'
import type { DraftStore } from './draft-store.ts'

/** Revisions, as drafts begin with them and become them. */
export interface DraftRevisions {
  /** Null: nothing is active. */
  active(): string | null
  sourcesOf(revision: string): Promise<PolicySources | undefined>
  /** See `revisions/undecided-authors.ts`. */
  undecidedAuthors(revision: string | null): Promise<readonly PersonId[]>
  /** @throws CodedError of `createRevision` */
  submit(order: RevisionOrder): Promise<{ readonly revision: string }>
}

export interface DraftPorts {
  readonly store: DraftStore
  readonly revisions: DraftRevisions
  readonly organisation: OrganisationId
  readonly clock: Clock
  readonly random: Random
}

export interface PresenceNews {
  readonly draft: DraftId
  readonly present: readonly PresentPerson[]
}

/** Everything around drafts. */
export interface DraftRoom {
  readonly ports: DraftPorts
  readonly presence: Presence
  onNews(listener: (news: DraftNews | PresenceNews) => void): () => void
  tell(news: DraftNews): void
}

export function createDraftRoom(ports: DraftPorts): DraftRoom {
  const listeners = new Set<(news: DraftNews | PresenceNews) => void>()
  const tell = (news: DraftNews | PresenceNews): void => {
    for (const listener of listeners) listener(news)
  }
  return {
    ports,
    presence: createPresence({ clock: ports.clock, onChange: (draft, present) => tell({ draft, present }) }),
    onNews(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tell,
  }
}

/** @throws CodedError `draft_unknown` */
export async function demandDraft(room: DraftRoom, id: DraftId): Promise<Draft> {
  const draft = await room.ports.store.find(id)
  if (draft !== undefined) return draft
  throw new CodedError({ code: 'draft_unknown', message: 'There is no such draft. Somebody may have deleted it.', remedy: 'not_found' })
}

/** What a change was made from is not what is there: nothing was written. `details.current` is that, for who decides what becomes of both. */
export const overtaken = (message: string, current: object | null): CodedError =>
  new CodedError({ code: 'stale_version', message, remedy: 'conflict', details: { current } })

export const editBy = (room: DraftRoom, draft: DraftId, by: PersonId) => ({ draft, by, at: room.ports.clock.nowMs() })
