import { rootOf } from '../../../agent/wire/ledger/hash-tree.ts'
import { sameBytes } from '../../../agent/wire/ledger/bytes.ts'
import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'
import { verifyNote, type VerifierKey } from '../../../agent/wire/ledger/signed-note.ts'
import type { LedgerCode } from './findings.ts'
import type { HeadLine } from './line-cursor.ts'
import type { EpochState } from './log-side.ts'

interface Wrong {
  readonly code: Exclude<LedgerCode, 'OK'>
  readonly what: string
}

export type SignaturesJudgement = Wrong | { readonly code: null; readonly cosignedAt: readonly number[] }

/**
 * The signatures of a head: the writer's must be there and good, one of a known cosigner must be good where there is one.
 * `cosignedAt`: Unix seconds of the cosignatures by `cosigners`.
 */
export async function checkSignatures(
  crypto: LedgerCrypto,
  { note, checkpoint }: Pick<HeadLine, 'note' | 'checkpoint'>,
  logKey: VerifierKey,
  cosigners: readonly VerifierKey[],
): Promise<SignaturesJudgement> {
  const verdict = await verifyNote(crypto, note, [logKey, ...cosigners])
  const head = `the head of ${checkpoint.size} entries`
  if (!verdict.ok) {
    return verdict.key === logKey
      ? { code: 'SIG_BAD', what: `${head} has a signature that its writer’s key did not make` }
      : { code: 'COSIG_BAD', what: `${head} has a cosignature that the key ${verdict.key.name} did not make` }
  }
  if (!verdict.signatures.some(({ key }) => key === logKey)) return { code: 'SIG_MISSING', what: `${head} is not signed by its writer` }
  return { code: null, cosignedAt: verdict.signatures.flatMap(({ timeS }) => (timeS === null ? [] : [timeS])) }
}

/** Step 5, after the signatures: size and root of a head of this log are those of the entries before it. */
export function checkHead(crypto: LedgerCrypto, epoch: EpochState, { checkpoint }: HeadLine): (Wrong & { readonly seq: number }) | null {
  const held = epoch.tree.size
  if (checkpoint.size > held)
    return { code: 'TRUNCATED', seq: held, what: `a signed head says that there were ${checkpoint.size} entries, and ${held} are here` }
  if (checkpoint.size === held && sameBytes(checkpoint.root, rootOf(crypto, epoch.tree))) return null
  const where = checkpoint.size === held ? '' : ` (it stands after ${held} entries)`
  return {
    code: 'ROOT_MISMATCH',
    seq: epoch.goodHead,
    what: `the signed head of ${checkpoint.size} entries is not that of these entries${where}; what is wrong is entry ${epoch.goodHead} or one after it`,
  }
}
