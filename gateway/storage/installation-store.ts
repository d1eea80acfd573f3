import type { OrganisationId } from '../basics/ids.ts'
import type { NewEvent } from '../ledger/event.ts'
import { staleVersion } from './refusals.ts'
import { change, installationOwner } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'

/** Single facts about this installation; each is there at most once. */
export interface InstallationFacts {
  /** The organisation that runs this installation. */
  readonly service_organisation: OrganisationId
  /** Of gateways from before there were revisions (migration 0012): what was active. */
  readonly active_policy: { readonly revision: string; readonly activatedAt: number }
  /** What the security team demands of its policies, in percent. */
  readonly policy_settings: { readonly coveragePercent: number; readonly deniedPercent: number }
  /** Whether a second person was needed at the last start; absent: it always was. */
  readonly policy_four_eyes: { readonly on: boolean }
  /** Of the one-time set-up link: SHA-256 of its token in hex; instants in Unix seconds. */
  readonly first_administrator: { readonly tokenHash: string; readonly expiresAt: number; readonly completedAt: number | null }
}

export interface InstallationFact<Value> {
  readonly value: Value
  /** From 1; rises by one with each change. */
  readonly version: number
}

export interface InstallationStore {
  get<Name extends keyof InstallationFacts>(name: Name): Promise<InstallationFact<InstallationFacts[Name]> | undefined>
  /**
   * Writes the fact when its version is `expectedVersion` (0: when there is none yet), in one unit with its events.
   *
   * @throws CodedError `stale_version`: of two at once exactly one succeeds
   */
  put<Name extends keyof InstallationFacts>(
    name: Name,
    value: InstallationFacts[Name],
    expectedVersion: number,
    events: readonly NewEvent[],
  ): Promise<void>
}

export function createInstallationStore(context: StorageContext): InstallationStore {
  const { read } = context.database
  return {
    async get(name) {
      const row = await read.selectFrom('installation_facts').selectAll().where('name', '=', name).executeTakeFirst()
      return row && { value: JSON.parse(row.value), version: row.version }
    },

    async put(name, value, expectedVersion, events) {
      const row = { name, organisation_id: installationOwner, value: JSON.stringify(value), version: expectedVersion + 1 }
      const query =
        expectedVersion === 0
          ? read.insertInto('installation_facts').values(row).compile()
          : read.updateTable('installation_facts').set(row).where('name', '=', name).where('version', '=', expectedVersion).compile()
      await change(context, [{ query, expect: { changes: 1, otherwise: staleVersion }, unique: staleVersion }], events)
    },
  }
}
