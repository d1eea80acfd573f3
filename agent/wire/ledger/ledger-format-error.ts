/** Bytes that are not of the form that they claim to have. The message says what is wrong with them, in words. */
export class LedgerFormatError extends Error {
  override readonly name = 'LedgerFormatError'
}
