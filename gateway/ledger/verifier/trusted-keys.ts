import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'
import { parseVerifierKey, type VerifierKey } from '../../../agent/wire/ledger/signed-note.ts'

export interface TrustedKeys {
  /** Log keys by their name, which is the origin of a log. */
  readonly logs: ReadonlyMap<string, VerifierKey>
  readonly witnesses: readonly VerifierKey[]
}

/**
 * The customer's file of keys: `log <vkey>` and `witness <vkey>`, one a line; empty lines and those that begin with `#` say nothing.
 *
 * @throws Error in words where a line is none, or two different keys are given for one log
 */
export function parseTrustedKeys(crypto: Pick<LedgerCrypto, 'sha256'>, text: string): TrustedKeys {
  const logs = new Map<string, VerifierKey>()
  const witnesses: VerifierKey[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, use, vkey = ''] = /^(log|witness) (\S+)\s*$/.exec(line) ?? []
    if (use === undefined) throw new Error(`line ${index + 1} of the keys is neither "log <vkey>" nor "witness <vkey>"`)
    const key = parseVerifierKey(crypto, vkey)
    if (key.type !== (use === 'log' ? 1 : 4)) throw new Error(`line ${index + 1} of the keys: this key does not sign as a ${use}`)
    if (use === 'witness') witnesses.push(key)
    else if (logs.has(key.name) && logs.get(key.name)!.id !== key.id) throw new Error(`the keys name two different keys for ${key.name}`)
    else logs.set(key.name, key)
  }
  return { logs, witnesses }
}
