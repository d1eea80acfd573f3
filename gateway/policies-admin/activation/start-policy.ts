import { gatewayActor, type NewEvent } from '../../ledger/event.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { PolicySources } from '../policy-files.ts'
import type { ActivationKind, NewRevision, RevisionBundle } from '../revisions/revision.ts'
import { carryOutActivation } from './carry-out-activation.ts'
import { findGoodPolicies, type GoodPolicy, type PolicyHistory } from './find-good-policies.ts'
import { keepPolicy } from './kept-policy.ts'
import type { AlarmCode, PolicyAlarm } from './policy-alarm.ts'
import { createPolicyRoom, type PolicyPorts, type PolicyRoom } from './policy-room.ts'
import { makePolicyKey, readPolicyKey, type PolicySigner } from './policy-signer.ts'

export interface ShippedPolicy {
  readonly policy: CompiledPolicy
  readonly sources: PolicySources
}

export interface StartPolicyOptions {
  readonly ports: PolicyPorts & { readonly record: (events: readonly NewEvent[]) => Promise<void> }
  /** @throws CodedError as `loadShippedPolicy` */
  readonly shipped: () => Promise<ShippedPolicy>
}

/**
 * The policy that decides after a start. The first start takes the one that came with the release; later ones take what was active last, and where that
 * is not what was activated, the last good one, with an alarm. Without any, everything is denied. A release that brings another policy activates it only
 * where nobody ever changed the policy; elsewhere it waits as a submitted revision.
 *
 * @throws CodedError of `shipped` at the first start alone
 */
export async function startPolicy({ ports, shipped }: StartPolicyOptions): Promise<PolicyRoom> {
  const alarms: PolicyAlarm[] = []
  const alarm = (code: AlarmCode, message: string): void => {
    alarms.push({ code, message, since: ports.clock.nowMs() })
    ports.logger.error({ alarm: code }, message)
  }
  const { dataDir, store } = ports
  const key = await readPolicyKey(dataDir)
  const history = await findGoodPolicies({ store, signer: key, dataDir, alarm })
  const signer = key ?? (history.highest === 0 ? await makePolicyKey(dataDir) : null)
  const room = createPolicyRoom({ ports, signer, active: null, stored: history.stored, highest: history.highest, alarms })
  if (history.highest === 0) return await firstStart(room, await shipped())
  const good = await firstLoadable(ports, history, alarm)
  if (good === null)
    alarm('policy_closed', 'No policy is there that can be trusted: everything is denied until `sallyport recover-policy`.')
  else await takeUp(room, good, history)
  const release = await shipped().catch((error: unknown) => {
    ports.logger.error({ err: error }, 'the policy of this release cannot be read')
    alarm(
      'shipped_policy_damaged',
      'The policy that came with this release is damaged. What is active stays active; install the release again.',
    )
    return null
  })
  if (release !== null && signer !== null) await takeRelease(room, signer, release)
  room.alarms = [...alarms]
  if (alarms.length > 0) await ports.record(alarms.map((one) => alarmEvent(room, one)))
  return room
}

async function firstStart(room: PolicyRoom, shipped: ShippedPolicy): Promise<PolicyRoom> {
  if (room.signer === null) return room
  const bundle = await storeShipped(room, room.signer, shipped)
  await activate(room, bundle, 'first')
  return room
}

/** The newest good one that can be loaded as well. */
async function firstLoadable(
  ports: PolicyPorts,
  { good, highest }: PolicyHistory,
  alarm: (code: AlarmCode, message: string) => void,
): Promise<GoodPolicy | null> {
  for await (const policy of good) {
    try {
      const prepared = await ports.engine.prepare(policy.bundle.policy)
      await prepared.use()
      if (policy.sequence < highest)
        ports.logger.error({ sequence: policy.sequence, newest: highest }, 'an earlier policy decides, because the newest ones are damaged')
      return policy
    } catch (error) {
      ports.logger.error({ err: error, sequence: policy.sequence }, 'a policy that was active cannot be loaded')
      alarm('policy_not_loadable', `Policy activation number ${policy.sequence} cannot be loaded and is not used.`)
    }
  }
  return null
}

async function takeUp(room: PolicyRoom, good: GoodPolicy, { kept, highest }: PolicyHistory): Promise<void> {
  const { sequence, previous, at, by, comment, bundle, signature } = good
  room.active = { sequence, revision: bundle.policy.revision, previous, since: at, by, comment, policy: bundle.policy }
  // It died between the row and the copy. The number that was seen never goes back.
  if (sequence === highest && kept?.sequence !== sequence)
    await keepPolicy(room.ports.dataDir, { sequence, previous, at, activationSignature: signature, bundle })
  // Of the copy alone: the pages have to find it.
  if ((await room.ports.store.findRevision(bundle.policy.revision)) === undefined)
    await room.ports.store.insertRevision(
      revisionOf(room, bundle, 'recovered', 'Was active when the database was replaced by an older one'),
      [],
    )
}

async function takeRelease(room: PolicyRoom, signer: PolicySigner, shipped: ShippedPolicy): Promise<void> {
  if (room.active?.revision === shipped.policy.revision) return
  const bundle = await storeShipped(room, signer, shipped)
  if (room.active !== null && room.alarms.length === 0 && (await isUnedited(room))) await activate(room, bundle, 'release')
}

/** Nobody has ever chosen a policy here: it follows the release, as it did before there were revisions. */
async function isUnedited(room: PolicyRoom): Promise<boolean> {
  for (let after: string | null = null; ;) {
    const page = await room.ports.store.listActivations({}, { limit: 200, after })
    if (page.items.some(({ kind }) => kind !== 'first' && kind !== 'release')) return false
    after = page.next
    if (after === null) return true
  }
}

async function activate(room: PolicyRoom, bundle: RevisionBundle, kind: ActivationKind): Promise<void> {
  const comment = 'Came with the release'
  await room.inTurn(() => carryOutActivation(room, { bundle, kind, by: null, approvedBy: null, comment, impact: null }))
}

/** There already after a crash, or when an older release was installed again. */
async function storeShipped(room: PolicyRoom, signer: PolicySigner, { policy, sources }: ShippedPolicy): Promise<RevisionBundle> {
  const bundle = { policy, sources, signature: signer.signBundle(policy) }
  if ((await room.ports.store.findRevision(policy.revision)) === undefined)
    await room.ports.store.insertRevision(revisionOf(room, bundle, 'shipped', 'Came with the release'), [
      {
        log: { kind: 'o', organisation: room.ports.organisation },
        type: 'policy.submitted',
        session: null,
        actor: gatewayActor,
        detail: { revision: policy.revision, parent: null, origin: 'shipped' },
      },
    ])
  return bundle
}

/** Its tests ran before it was shipped, and there may be no compiler here. */
function revisionOf(
  { ports }: Pick<PolicyRoom, 'ports'>,
  bundle: RevisionBundle,
  origin: 'shipped' | 'recovered',
  comment: string,
): NewRevision {
  const facts = { revision: bundle.policy.revision, organisationId: ports.organisation, parent: null, author: null, contributors: [] }
  const tests = { testsPassed: 0, testsFailed: 0, coveragePercent: 0, results: null }
  return { ...facts, ...tests, ...bundle, origin, comment, createdAt: ports.clock.nowMs() }
}

const alarmEvent = ({ ports }: PolicyRoom, { code, message }: PolicyAlarm): NewEvent => ({
  log: { kind: 'o', organisation: ports.organisation },
  type: 'policy.alarm',
  session: null,
  actor: gatewayActor,
  detail: { code, message },
})
