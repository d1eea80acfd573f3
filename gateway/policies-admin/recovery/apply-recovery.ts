import { CodedError } from '../../basics/coded-error.ts'
import type { Clock } from '../../basics/clock.ts'
import type { OrganisationId, PersonId } from '../../basics/ids.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import { gatewayActor, sealed } from '../../ledger/event.ts'
import { findGoodPolicies } from '../activation/find-good-policies.ts'
import { keepPolicy } from '../activation/kept-policy.ts'
import { makePolicyKey, readPolicyKey } from '../activation/policy-signer.ts'
import type { PolicySources } from '../policy-files.ts'
import type { PolicyStore } from '../revisions/revision-store.ts'
import type { Activation, NewRevision } from '../revisions/revision.ts'
import type { RecoveryKeyStore } from './recovery-keys.ts'
import { signersOf, type RecoveryRequest } from './recovery-request.ts'

/** What stands still while the gateway does: recovery is for a gateway that is stopped, on its own machine. */
export interface RecoveryPorts {
  readonly store: PolicyStore
  readonly recoveryKeys: RecoveryKeyStore
  /** Of those that are asked for: who is active and administers the installation now. */
  readonly administratorsAmong: (ids: readonly PersonId[]) => Promise<readonly PersonId[]>
  readonly dataDir: string
  readonly organisation: OrganisationId
  readonly clock: Clock
}

/** So long a request is good. */
const requestGoodMs = 24 * 3_600_000
const neededSignatures = 2

/** The number that a recovery would have, and whether there is anything to recover from. */
export async function nextSequence({ store, dataDir }: Pick<RecoveryPorts, 'store' | 'dataDir'>): Promise<number> {
  const { highest } = await findGoodPolicies({ store, signer: null, dataDir, alarm: () => {} })
  return highest + 1
}

/** @returns whether a policy is there that the gateway would start with */
export async function hasGoodPolicy({ store, dataDir }: Pick<RecoveryPorts, 'store' | 'dataDir'>): Promise<boolean> {
  const { good } = await findGoodPolicies({ store, signer: await readPolicyKey(dataDir), dataDir, alarm: () => {} })
  return (await good.next()).done !== true
}

/**
 * Makes a policy the active one against everything that is broken, because two administrators have signed exactly that.
 *
 * @throws CodedError `recovery_not_needed`, `recovery_request_other` (other policy, number or installation), `recovery_request_old`,
 * `recovery_signatures_missing`
 */
export async function applyRecovery(
  ports: RecoveryPorts,
  request: RecoveryRequest,
  compiled: { readonly policy: CompiledPolicy; readonly sources: PolicySources },
): Promise<Activation> {
  const { store, dataDir, clock, organisation } = ports
  const { policy, sources } = compiled
  if (await hasGoodPolicy(ports))
    throw refuse('recovery_not_needed', 'A good policy is there: start the gateway, and activate another one in the portal.')
  const { stored, highest } = await findGoodPolicies({ store, signer: null, dataDir, alarm: () => {} })
  const isThis = request.organisation === organisation && request.sequence === highest + 1 && request.revision === policy.revision
  if (!isThis)
    throw refuse(
      'recovery_request_other',
      'The request was made for another policy, another number or another installation. Make a new one.',
    )
  const nowMs = clock.nowMs()
  if (request.made_at > nowMs + 60_000 || request.made_at < nowMs - requestGoodMs)
    throw refuse('recovery_request_old', 'The request is older than a day (or the clock is wrong). Make a new one.')
  const signers = await demandSigners(ports, request)
  // The key is the one thing that may be gone. Another one makes everything worthless that the old one signed, and that is so already.
  const signer = (await readPolicyKey(dataDir)) ?? (await makePolicyKey(dataDir))
  const bundle = { policy, sources, signature: signer.signBundle(policy) }
  const step = { sequence: highest + 1, previous: null }
  const activation: Activation = {
    ...step,
    revision: policy.revision,
    kind: 'recover',
    by: signers[0] ?? null,
    approvedBy: signers[1] ?? null,
    comment: request.reason,
    at: nowMs,
    impact: null,
    signature: signer.signActivation(step, policy),
  }
  if ((await store.findRevision(policy.revision)) === undefined) await store.insertRevision(recovered(bundle, organisation, nowMs), [])
  await store.insertActivation(activation, stored, organisation, [
    {
      log: { kind: 'o', organisation },
      type: 'policy.activated',
      session: null,
      actor: gatewayActor,
      detail: {
        revision: policy.revision,
        previous: null,
        sequence: step.sequence,
        kind: 'recover',
        signed_by: signers.map((id) => sealed(id)),
        comment: request.reason,
      },
    },
  ])
  await keepPolicy(dataDir, { ...step, at: nowMs, activationSignature: activation.signature, bundle })
  return activation
}

async function demandSigners(ports: RecoveryPorts, request: RecoveryRequest): Promise<readonly PersonId[]> {
  const signed = signersOf(request, await ports.recoveryKeys.list()).map(({ personId }) => personId)
  const administrators = await ports.administratorsAmong(signed)
  if (administrators.length >= neededSignatures) return administrators
  throw refuse(
    'recovery_signatures_missing',
    `The request needs ${neededSignatures} signatures of administrators whose recovery keys are registered here and who are active; it has ${administrators.length}. Sign it with: sallyport recover-policy sign`,
  )
}

function recovered(
  bundle: Pick<NewRevision, 'policy' | 'sources' | 'signature'>,
  organisationId: OrganisationId,
  createdAt: number,
): NewRevision {
  const facts = { revision: bundle.policy.revision, organisationId, parent: null, author: null, contributors: [], createdAt }
  const tests = { testsPassed: 0, testsFailed: 0, coveragePercent: 0, results: null }
  return { ...facts, ...tests, ...bundle, origin: 'recovered', comment: 'Recovered at the gateway itself' }
}

const refuse = (code: string, message: string): CodedError => new CodedError({ code, message, remedy: 'conflict' })
