import { fromBase64Of, fromDecimal, toBase64 } from './bytes.ts'
import { LedgerFormatError } from './ledger-format-error.ts'

/** The head of a log (C2SP tlog-checkpoint, without extension lines). */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
}

export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${toBase64(root)}\n`

/** @throws LedgerFormatError where the text is not exactly origin, size and root */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, end, ...more] = text.split('\n')
  if (!origin || size === undefined || root === undefined || end !== '' || more.length > 0)
    throw new LedgerFormatError('a checkpoint is three lines: origin, size, root')
  return { origin, size: fromDecimal(size, 'the size of a checkpoint'), root: fromBase64Of(32, root, 'the root of a checkpoint') }
}
