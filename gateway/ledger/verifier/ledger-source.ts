/** A file of a log: can be read more than once, from its beginning, in pieces of any size. */
export interface LedgerSource {
  open(): AsyncIterable<Uint8Array>
}
