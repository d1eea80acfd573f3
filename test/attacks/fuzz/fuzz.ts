import { branchCounts, bucketOf } from './branch-counts.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { mutate, seeded } from './mutate.ts'

/** No decoder may take longer for the most that reaches it: a gateway with one thread answers nobody meanwhile. */
const mostMs = 50

export interface Finding {
  readonly bytes: Buffer
  readonly error: unknown
}

export interface FuzzResult {
  readonly executions: number
  readonly seconds: number
  /** Branches that ran at least once. */
  readonly reached: number
  /** The smallest inputs that reach all that was reached. */
  readonly corpus: readonly Buffer[]
  readonly finding: Finding | undefined
}

interface Entry {
  readonly bytes: Buffer
  readonly features: readonly number[]
}

export interface FuzzOptions {
  readonly target: FuzzTarget
  readonly branches: number
  readonly start: readonly Buffer[]
  readonly seed: number
  readonly untilMs: number
}

/** Mutates what reached something new, until the time is over or something breaks. */
export function fuzz({ target, branches, start, seed, untilMs }: FuzzOptions): FuzzResult {
  const upTo = seeded(seed)
  const words = (target.words ?? []).map((word) => Buffer.from(word))
  const seen = new Map<number, number>()
  const entries: Entry[] = []
  const beganMs = performance.now()
  let executions = 0
  const findings: Finding[] = []

  const run = (bytes: Buffer): void => {
    executions += 1
    branchCounts.fill(0, 0, branches)
    const error = problemOf(target, bytes)
    if (error !== undefined) findings.push({ bytes: smallest(target, bytes), error })
    const features: number[] = []
    let isNew = false
    for (let branch = 0; branch < branches; branch += 1) {
      const count = branchCounts[branch]!
      if (count === 0) continue
      const feature = branch * 8 + bucketOf(count)
      features.push(feature)
      const size = seen.get(feature)
      if (size !== undefined && size <= bytes.length) continue
      seen.set(feature, bytes.length)
      isNew ||= size === undefined || bytes.length < size / 2
    }
    if (isNew) entries.push({ bytes, features })
  }

  for (const bytes of start) if (findings.length === 0) run(bytes)
  while (findings.length === 0 && performance.now() - beganMs < untilMs) {
    const bytes = entries[upTo(entries.length)]?.bytes ?? Buffer.alloc(0)
    const other = entries[upTo(entries.length)]?.bytes ?? Buffer.alloc(0)
    run(mutate(bytes, { upTo, words, other, mostBytes: target.mostBytes }))
  }
  const reached = new Set([...seen.keys()].map((feature) => feature >> 3)).size
  return { executions, seconds: (performance.now() - beganMs) / 1000, reached, corpus: cover(entries), finding: findings[0] }
}

/** What is wrong with the target's answer to these bytes, its time included; undefined for nothing. */
export function problemOf(target: FuzzTarget, bytes: Buffer): unknown {
  let leastMs = Infinity
  // Once is the rule. A slow answer counts when it is slow again and again: a busy machine is not the decoder's fault.
  for (let times = 0; times < 5 && leastMs > mostMs; times += 1) {
    const began = process.cpuUsage()
    const beganMs = performance.now()
    try {
      target.attempt(bytes)
    } catch (error) {
      return error ?? new Error('nothing was thrown')
    }
    if (performance.now() - beganMs <= mostMs) return undefined
    const { user, system } = process.cpuUsage(began)
    leastMs = Math.min(leastMs, (user + system) / 1000)
  }
  return leastMs > mostMs ? new Error(`it takes ${leastMs.toFixed(0)} ms of the processor, more than ${mostMs}`) : undefined
}

/** Takes pieces out, large ones first, as long as the rest is still wrong. */
function smallest(target: FuzzTarget, found: Buffer): Buffer {
  let bytes = found
  const untilMs = performance.now() + 10_000
  for (let size = bytes.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < bytes.length && performance.now() < untilMs;) {
      const shorter = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)])
      if (problemOf(target, shorter) === undefined) at += size
      else bytes = shorter
    }
  }
  return bytes
}

/** Greedy set cover, small inputs first; long ones that reach nothing else are not kept. */
function cover(entries: readonly Entry[]): Buffer[] {
  const left = new Set(entries.flatMap(({ features }) => features))
  const kept: Buffer[] = []
  for (const { bytes, features } of entries.toSorted((a, b) => a.bytes.length - b.bytes.length)) {
    if (bytes.length > 4_096 || !features.some((feature) => left.has(feature))) continue
    for (const feature of features) left.delete(feature)
    kept.push(bytes)
  }
  return kept
}
