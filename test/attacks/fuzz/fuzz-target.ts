import { CodedError } from '../../../gateway/basics/coded-error.ts'
import { AgentError } from '../../../agent/basics/agent-error.ts'

/** One decoder of bytes from outside, and what must hold for all bytes. */
export interface FuzzTarget {
  readonly name: string
  /** The decoders, paths in the project: their branches steer the fuzzer. */
  readonly covers: readonly string[]
  /** Whoever stands before the decoder lets no more through. */
  readonly mostBytes: number
  /** Good inputs, so that not all time goes into being refused at the first byte. */
  readonly seeds: readonly (string | Uint8Array)[]
  /** Pieces that a mutation would hardly guess. */
  readonly words?: readonly string[]
  /** @throws whatever is no answer: an error without a code, or that a property does not hold */
  attempt(bytes: Buffer): void
}

/** A property does not hold. */
class Untrue extends Error {}

export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Untrue(what)
}

/** The value, or undefined when the decoder refused with one of these codes. Any other error goes on. */
export function valueOrRefusal<Value>(codes: readonly string[], decode: () => Value): Value | undefined {
  try {
    return decode()
  } catch (error) {
    if ((error instanceof CodedError || error instanceof AgentError) && codes.includes(error.code)) return undefined
    throw error
  }
}

/** Same JSON, whatever the order of members. */
export function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** As Node's parser hands on a head: `name: value` lines as flat pairs. */
export function rawHeaders(bytes: Buffer): string[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .filter((line) => line.includes(':'))
    .flatMap((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()])
}
