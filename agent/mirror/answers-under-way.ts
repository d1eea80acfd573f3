/** The bytes of answers that still pass or wait to be looked at, copied: all of them together take no more than a bound. */
export interface AnswersUnderWay {
  begin(): AnswerUnderWay
  /** Memory that they take. */
  readonly bytes: number
}

export interface AnswerUnderWay {
  /** What is more than an answer may have gives all of it up. */
  add(chunk: Buffer): void
  /** What came so far, or null where it was given up. */
  read(): Buffer | null
  drop(): void
}

export interface AnswersUnderWayOptions {
  readonly mostEach: number
  readonly mostTogether: number
}

const firstBytes = 4_096

/**
 * Where the bound is reached, those that began first are given up: an answer that stands still keeps nothing from those that come. A chunk itself is never
 * held, since a byte in a buffer of its own takes two hundred.
 */
export function createAnswersUnderWay({ mostEach, mostTogether }: AnswersUnderWayOptions): AnswersUnderWay {
  /** In the order in which they began. */
  const under = new Map<symbol, Buffer>()
  let bytes = 0

  const drop = (key: symbol): void => {
    bytes -= under.get(key)?.length ?? 0
    under.delete(key)
  }
  const grow = (key: symbol, buffer: Buffer, length: number, needed: number): Buffer | null => {
    let size = Math.max(firstBytes, buffer.length)
    while (size < needed) size *= 2
    const larger = Buffer.allocUnsafeSlow(Math.min(size, mostEach))
    buffer.copy(larger, 0, 0, length)
    bytes += larger.length - buffer.length
    under.set(key, larger)
    for (const oldest of under.keys()) {
      if (bytes <= mostTogether) break
      drop(oldest)
    }
    return under.get(key) ?? null
  }
  return {
    begin: () => {
      const key = Symbol('answer')
      let length = 0
      under.set(key, Buffer.alloc(0))
      return {
        add: (chunk) => {
          const buffer = under.get(key)
          if (buffer === undefined) return
          const needed = length + chunk.length
          if (needed > mostEach) return drop(key)
          chunk.copy(needed <= buffer.length ? buffer : (grow(key, buffer, length, needed) ?? Buffer.alloc(0)), length)
          length = needed
        },
        read: () => under.get(key)?.subarray(0, length) ?? null,
        drop: () => drop(key),
      }
    },
    get bytes() {
      return bytes
    },
  }
}
