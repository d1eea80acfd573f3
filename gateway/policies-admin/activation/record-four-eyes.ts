import type { OrganisationId } from '../../basics/ids.ts'
import { gatewayActor, type NewEvent } from '../../ledger/event.ts'

/** Whether four eyes were needed when the gateway ran last. */
export interface FourEyesStore {
  read(): Promise<{ readonly value: { readonly on: boolean }; readonly version: number } | undefined>
  /** @throws CodedError `stale_version` */
  write(value: { readonly on: boolean }, expectedVersion: number, events: readonly NewEvent[]): Promise<void>
}

/**
 * Who can write `gateway.json` can switch four eyes off, alone: that it was done stands in the organisation's log, with the start that it began with. An
 * installation begins with four eyes.
 */
export async function recordFourEyes(
  store: FourEyesStore,
  { on, organisation }: { readonly on: boolean; readonly organisation: OrganisationId },
): Promise<void> {
  const known = await store.read()
  if ((known?.value.on ?? true) === on) return
  await store.write({ on }, known?.version ?? 0, [
    { log: { kind: 'o', organisation }, type: 'policy.four_eyes_changed', session: null, actor: gatewayActor, detail: { on } },
  ])
}
