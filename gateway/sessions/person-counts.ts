import { CodedError } from '../basics/coded-error.ts'
import type { PersonId } from '../basics/ids.ts'

/** How many of something each person has at once, and the most that he may have. */
export class PersonCounts {
  readonly #most: number
  readonly #tooMany: (most: number) => CodedError
  readonly #counts = new Map<PersonId, number>()

  constructor(most: number, tooMany: (most: number) => CodedError) {
    this.#most = most
    this.#tooMany = tooMany
  }

  /** Takes one, beside `others` that are counted elsewhere. Gives back how to leave it, which counts once. @throws the error for too many */
  take(person: PersonId, others = 0): () => void {
    const taken = this.#counts.get(person) ?? 0
    if (taken + others >= this.#most) throw this.#tooMany(this.#most)
    this.#counts.set(person, taken + 1)
    let left = false
    return () => {
      if (left) return
      left = true
      const rest = (this.#counts.get(person) ?? 1) - 1
      if (rest > 0) this.#counts.set(person, rest)
      else this.#counts.delete(person)
    }
  }
}

export const tooManySessions = (most: number): CodedError =>
  new CodedError({
    code: 'too_many_sessions',
    message: `You have ${most} sessions, and may not have more at once. End one, then ask again.`,
    remedy: 'conflict',
    details: { status: 429 },
  })

export const tooManyStreams = (most: number): CodedError =>
  new CodedError({
    code: 'too_many_streams_of_person',
    message: `You have ${most} connections to machines, and may not have more at once. Close some, then try again.`,
    remedy: 'retry',
    details: { status: 429 },
  })
