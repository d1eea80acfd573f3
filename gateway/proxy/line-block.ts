/** Lines up to an empty one, however the bytes are cut: what was looked through once is not looked through again, nor copied. */
export interface LineBlock {
  /**
   * Takes bytes of `chunk` from `at` on.
   * @returns how many were taken, and the lines as Latin-1, each with its CR LF and without the empty one, once they are whole
   * @throws Error `tooLong`
   */
  take(chunk: Buffer, at: number): { readonly taken: number; readonly lines: string | undefined }
  /** The first bytes of what is there so far. */
  start(bytes: number): string
}

const emptyLine = '\r\n\r\n'

export function createLineBlock(mostBytes: number, tooLong: () => Error): LineBlock {
  let kept = Buffer.alloc(0)
  let length = 0

  function keep(bytes: Buffer): void {
    if (length + bytes.length > kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(1_024, 2 * (length + bytes.length)))
      kept.copy(larger, 0, 0, length)
      kept = larger
    }
    bytes.copy(kept, length)
    length += bytes.length
  }

  /** Most heads come whole. */
  function whole(chunk: Buffer, at: number): { readonly taken: number; readonly lines: string } | undefined {
    const end = chunk.indexOf(emptyLine, at, 'latin1')
    if (end === -1) return undefined
    if (end - at > mostBytes) throw tooLong()
    return { taken: end + 4 - at, lines: chunk.toString('latin1', at, end + 2) }
  }

  return {
    take(chunk, at) {
      const found = length === 0 ? whole(chunk, at) : undefined
      if (found !== undefined) return found
      const before = length
      const rest = chunk.subarray(at, at + mostBytes + emptyLine.length - before)
      keep(rest)
      const end = kept.subarray(0, length).indexOf(emptyLine, Math.max(0, before - 3), 'latin1')
      if (end === -1) {
        if (length > mostBytes + 3) throw tooLong()
        return { taken: rest.length, lines: undefined }
      }
      const lines = kept.toString('latin1', 0, end + 2)
      length = 0
      return { taken: end + 4 - before, lines }
    },
    start: (bytes) => kept.toString('latin1', 0, Math.min(bytes, length)),
  }
}
