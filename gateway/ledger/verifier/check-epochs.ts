import { fromBase64, sameBytes } from '../../../agent/wire/ledger/bytes.ts'
import { isHash, isSealed } from '../../../agent/wire/ledger/entry.ts'
import { rootOf } from '../../../agent/wire/ledger/hash-tree.ts'
import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'
import type { Finding } from './findings.ts'
import type { KnownRoots } from './known-roots.ts'
import type { EpochState, LogSide } from './log-side.ts'

type Found = Pick<Finding, 'code' | 'what' | 'seq' | 'size'>

const broken = (what: string): Found => ({ code: 'EPOCH_BREAK', seq: 0, what })

/** Step 10, for one file: each epoch follows on the one before, by its old key or by two administrators. Those before the first in the file are missing. */
export function checkEpochs(
  crypto: LedgerCrypto,
  side: LogSide,
  roots: KnownRoots,
  report: (epoch: EpochState, found: Found) => void,
): void {
  for (const [index, epoch] of side.epochs.entries()) {
    const before = side.epochs[index - 1]
    const found = before === undefined ? firstOfFile(epoch) : following(crypto, before, epoch)
    if (found !== null) report(epoch, found)
    const previous = previousOf(epoch)
    if (before === undefined || previous === null || found?.code !== 'EPOCH_GAP') continue
    const otherwise = broken(`it follows on a head of ${previous.size} entries that the epoch before never had`)
    roots.claim(
      {
        side: side.file,
        origin: before.origin,
        size: previous.size,
        root: fromBase64(previous.root, 'a root'),
        otherwise: { ...otherwise, step: 10, log: side.file, file: side.file, line: epoch.line },
      },
      true,
    )
  }
}

function firstOfFile(epoch: EpochState): Found | null {
  if (epoch.place.epoch !== 1) return broken(`the file begins with epoch ${epoch.place.epoch}: those before it are missing`)
  return epoch.first?.detail['previous'] === null ? null : broken('epoch 1 says to follow on another log')
}

function following(crypto: LedgerCrypto, before: EpochState, epoch: EpochState): Found | null {
  const previous = previousOf(epoch)
  if (epoch.place.epoch !== before.place.epoch + 1) return broken(`epoch ${epoch.place.epoch} follows on epoch ${before.place.epoch}`)
  if (previous === null || previous.origin !== before.origin)
    return broken('it does not say with which head of the epoch before it goes on')
  const reason = epoch.first?.detail['reason']
  if (reason === 'rotation') return rotated(crypto, before, epoch, previous)
  if (reason !== 'rollback' && reason !== 'key_lost') return broken(`${JSON.stringify(reason)} is no reason to begin anew`)
  if (previous.size > before.tree.size)
    return broken(`it follows on ${previous.size} entries, and the epoch before has ${before.tree.size}`)
  const approvals = epoch.first?.detail['approvals']
  const declared = Array.isArray(approvals)
    ? new Set(approvals.flatMap((approval) => (isSealed(approval) ? [approval.sealed] : []))).size
    : 0
  if (declared < 2) return broken('no two administrators declared this beginning')
  return {
    code: 'EPOCH_GAP',
    size: previous.size,
    what: `two administrators declared a new beginning (${reason}) after ${previous.size} entries`,
  }
}

function rotated(crypto: LedgerCrypto, before: EpochState, epoch: EpochState, previous: Previous): Found | null {
  const next = before.last?.type === 'ledger.closed' ? (before.last.detail['next'] as Readonly<Record<string, unknown>> | null) : null
  const first = epoch.first?.detail
  if (typeof next !== 'object' || next === null) return broken('the epoch before was not closed, and a rotation begins only after that')
  if (next['origin'] !== epoch.origin || next['log_vkey'] !== first?.['log_vkey'] || next['cosign_vkey'] !== first?.['cosign_vkey'])
    return broken('the epoch before was closed in favour of other keys')
  if (previous.size !== before.tree.size || !sameBytes(fromBase64(previous.root, 'a root'), rootOf(crypto, before.tree)))
    return broken('it does not go on with the last head of the epoch before')
  return before.confirmed === before.tree.size ? null : broken('the other side did not confirm the end of the epoch before')
}

interface Previous {
  readonly origin: string
  readonly size: number
  readonly root: string
}

function previousOf({ first }: EpochState): Previous | null {
  const previous = first?.detail['previous'] as Readonly<Record<string, unknown>> | null | undefined
  if (typeof previous !== 'object' || previous === null) return null
  const { origin, size, root } = previous
  return typeof origin === 'string' && typeof size === 'number' && isHash(root) ? { origin, size, root } : null
}
