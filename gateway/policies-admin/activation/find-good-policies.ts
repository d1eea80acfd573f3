import type { PersonId } from '../../basics/ids.ts'
import type { Page } from '../../basics/page.ts'
import { revisionOf } from '../policy-files.ts'
import type { PolicyStore } from '../revisions/revision-store.ts'
import type { Activation, RevisionBundle } from '../revisions/revision.ts'
import { readKeptPolicy, type KeptPolicy } from './kept-policy.ts'
import type { AlarmCode } from './policy-alarm.ts'
import type { PolicySigner } from './policy-signer.ts'

/** A policy that was active, with proof that it is what was activated. */
export interface GoodPolicy {
  readonly sequence: number
  readonly previous: string | null
  readonly at: number
  readonly by: PersonId | null
  readonly comment: string
  readonly bundle: RevisionBundle
  /** Of the activation. */
  readonly signature: string
}

export interface PolicyHistory {
  /** Newest number of the database; 0: none. */
  readonly stored: number
  /** Newest number that was ever seen here. */
  readonly highest: number
  readonly kept: KeptPolicy | null
  /** Best first. Reads and proves one at a time. */
  readonly good: AsyncGenerator<GoodPolicy, void, void>
}

export interface FindGoodPoliciesOptions {
  readonly store: PolicyStore
  readonly signer: PolicySigner | null
  readonly dataDir: string
  readonly alarm: (code: AlarmCode, message: string) => void
}

const mostWasmBytes = 16 * 1024 * 1024
const mostDataBytes = 8 * 1024 * 1024
/** Read at once; it is looked back until there is a good one, or none is left. */
const readAtOnce = 50
/** Damaged activations that are told one by one, the newest; those before them are passed over without a word. */
export const mostTold = 50

/** The policies that may decide after a start, newest first, from the database and from the copy beside it; an alarm for each that may not. */
export async function findGoodPolicies(options: FindGoodPoliciesOptions): Promise<PolicyHistory> {
  const { store, dataDir, alarm } = options
  const [finding, newest] = await Promise.all([readKeptPolicy(dataDir), store.newestActivation()])
  const stored = newest?.sequence ?? 0
  const kept = 'kept' in finding ? finding.kept : null
  if ('problem' in finding && (finding.problem !== 'absent' || stored > 1)) {
    const code = finding.problem === 'absent' ? 'policy_corrupt' : finding.problem
    alarm(
      code,
      'The copy of the active policy beside the database is missing or damaged. Whether the database is an older one cannot be told.',
    )
  }
  const highest = Math.max(stored, kept?.sequence ?? 0)
  if (kept !== null && stored < kept.sequence)
    alarm(
      'policy_older',
      `The database knows policy activations up to number ${stored}, but number ${kept.sequence} was active here: an older database was put in its place. The newer policy is used.`,
    )
  return { stored, highest, kept, good: inOrder({ ...options, alarm: atMost(mostTold, alarm) }, stored > 0, kept) }
}

async function* inOrder(
  { store, signer, alarm }: FindGoodPoliciesOptions,
  anyStored: boolean,
  kept: KeptPolicy | null,
): AsyncGenerator<GoodPolicy, void, void> {
  if (signer === null) {
    if (anyStored || kept !== null)
      alarm('policy_key_missing', 'The key that policies are signed with is missing or damaged, so none of them can be trusted.')
    return
  }
  let copy = kept
  for await (const activation of everyActivation(store)) {
    const { sequence, previous, at, by, comment, signature } = activation
    if (copy !== null && copy.sequence > sequence) {
      const good = provenCopy(copy, signer, alarm)
      copy = null
      if (good !== null) yield good
    }
    const found = await storedBundle(store, activation.revision)
    const code = 'bundle' in found ? flawOf(found.bundle, activation, signature, signer) : found.problem
    if ('bundle' in found && code === null) yield { sequence, previous, at, by, comment, bundle: found.bundle, signature }
    else alarm(code ?? 'policy_corrupt', `Policy activation number ${sequence} in the database ${wordsOf(code)} and is not used.`)
    if (copy?.sequence === sequence) {
      const good = provenCopy(copy, signer, alarm)
      copy = null
      // The words of the row are as good as they were: the copy is for what decides.
      if (good !== null) yield { ...good, by, comment }
    }
  }
  const last = copy === null ? null : provenCopy(copy, signer, alarm)
  if (last !== null) yield last
}

async function* everyActivation(store: PolicyStore): AsyncGenerator<Activation, void, void> {
  for (let after: string | null = null; ;) {
    const { items, next }: Page<Activation> = await store.listActivations({}, { limit: readAtOnce, after })
    yield* items
    if (next === null) return
    after = next
  }
}

function atMost(most: number, alarm: FindGoodPoliciesOptions['alarm']): FindGoodPoliciesOptions['alarm'] {
  let told = 0
  return (code, message) => {
    told += 1
    if (told <= most) alarm(code, message)
  }
}

function provenCopy(kept: KeptPolicy, signer: PolicySigner, alarm: FindGoodPoliciesOptions['alarm']): GoodPolicy | null {
  const { sequence, previous, at, bundle, activationSignature: signature } = kept
  const flaw = flawOf(bundle, kept, signature, signer)
  if (flaw === null) return { sequence, previous, at, by: null, comment: '', bundle, signature }
  alarm(flaw, `The copy of policy activation number ${sequence} beside the database ${wordsOf(flaw)} and is not used.`)
  return null
}

/** @returns what is wrong with it, or null: it is what it says, of the size that is allowed, and signed by this gateway */
export function bundleFlaw(bundle: RevisionBundle, signer: PolicySigner): AlarmCode | null {
  const { policy, sources, signature } = bundle
  if (policy.wasm.length > mostWasmBytes || JSON.stringify(policy.data).length > mostDataBytes) return 'policy_oversized'
  if (revisionOf(sources) !== policy.revision) return 'policy_corrupt'
  return signer.isBundle(policy, signature) ? null : 'policy_unsigned'
}

function flawOf(
  bundle: RevisionBundle,
  step: { readonly sequence: number; readonly previous: string | null },
  signature: string,
  signer: PolicySigner,
): AlarmCode | null {
  return bundleFlaw(bundle, signer) ?? (signer.isActivation(step, bundle.policy, signature) ? null : 'policy_unsigned')
}

type StoredBundle = { readonly bundle: RevisionBundle } | { readonly problem: AlarmCode }

/** Reads nothing that is too big, and calls what cannot be read corrupt. */
export async function storedBundle(store: PolicyStore, revision: string): Promise<StoredBundle> {
  const sizes = await store.bundleSizes(revision)
  if (sizes === undefined) return { problem: 'policy_corrupt' }
  if (sizes.wasm > mostWasmBytes || sizes.data > mostDataBytes || sizes.sources > 2 * mostDataBytes) return { problem: 'policy_oversized' }
  const bundle = await store.bundleOf(revision).catch(() => undefined)
  return bundle === undefined ? { problem: 'policy_corrupt' } : { bundle }
}

function wordsOf(code: AlarmCode | null): string {
  if (code === 'policy_oversized') return 'is larger than a policy may be'
  if (code === 'policy_unsigned') return 'was changed, or has no signature of this gateway,'
  return 'is damaged'
}
