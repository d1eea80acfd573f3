import type { OrganisationId, PersonId } from '../../basics/ids.ts'
import { administrator, type NewEvent } from '../../ledger/event.ts'
import type { PolicyRoom } from '../activation/policy-room.ts'
import { readPublicKey } from './recovery-key.ts'

export interface RecoveryKey {
  readonly personId: PersonId
  readonly organisationId: OrganisationId
  readonly publicKeyPem: string
  /** SHA-256 of the key (SPKI), 64 hex. */
  readonly fingerprint: string
  /** Unix milliseconds. */
  readonly registeredAt: number
}

/** One key for each person. */
export interface RecoveryKeyStore {
  /** In the place of one that this person had. @throws CodedError `recovery_key_exists`: somebody else has this very key */
  put(key: RecoveryKey, events: readonly NewEvent[]): Promise<void>
  list(): Promise<readonly RecoveryKey[]>
}

/** @throws CodedError `recovery_key_invalid`, `recovery_key_exists` */
export async function registerRecoveryKey(
  { ports }: Pick<PolicyRoom, 'ports'>,
  store: RecoveryKeyStore,
  order: { readonly person: PersonId; readonly publicKeyPem: string },
): Promise<RecoveryKey> {
  const { pem, fingerprint } = readPublicKey(order.publicKeyPem)
  const { organisation, clock } = ports
  const key = { personId: order.person, organisationId: organisation, publicKeyPem: pem, fingerprint, registeredAt: clock.nowMs() }
  await store.put(key, [
    {
      log: { kind: 'o', organisation },
      type: 'recovery_key.registered',
      session: null,
      actor: administrator(order.person),
      detail: { fingerprint },
    },
  ])
  return key
}
