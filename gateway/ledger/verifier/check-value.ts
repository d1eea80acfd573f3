import { fromBase64, toBase64, utf8 } from '../../../agent/wire/ledger/bytes.ts'
import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'
import type { SealedValueLine } from '../../../agent/wire/ledger/ledger-lines.ts'
import type { EpochState } from './log-side.ts'

/** Step 4: the value belongs to the entry above and has its hash. Null where it does; else what is wrong. */
export function checkValue(crypto: Pick<LedgerCrypto, 'sha256'>, epoch: EpochState, { hash, salt, value }: SealedValueLine): string | null {
  const at = epoch.unshown.indexOf(hash)
  if (at < 0) return `a value stands below it whose hash ${hash} is not sealed in it`
  epoch.unshown.splice(at, 1)
  if (value === undefined) return null
  if (toBase64(crypto.sha256(fromBase64(salt, 'a salt'), utf8(value))) === hash) return null
  return `the value below it, ${JSON.stringify(value.slice(0, 60))}, does not have the hash that is sealed in it`
}
