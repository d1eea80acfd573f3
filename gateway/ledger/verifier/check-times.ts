import type { LedgerEntry } from '../../../agent/wire/ledger/entry.ts'
import type { LedgerSide } from './findings.ts'

/** An entry may lie so far outside, milliseconds. */
const slackMs = 60_000

interface Waiting {
  readonly seq: number
  readonly line: number
  readonly atMs: number
}

/**
 * Step 8, for one epoch of a log: the time of an entry, corrected by the newest `clock.offset` of its own log, lies between the last cosignature of a head
 * without it and the first of a head with it. Heads of this log stand in both files, so an entry waits until both have gone past it.
 */
export interface TimesOfLog {
  entry(entry: LedgerEntry, line: number): void
  /** A head of this log was read in this file. `cosignedAt`: Unix seconds. */
  head(file: LedgerSide, size: number, cosignedAt: readonly number[]): void
  /** Nothing more will come. */
  end(): void
}

export function createTimes(outside: (seq: number, line: number, what: string) => void): TimesOfLog {
  const waiting: Waiting[] = []
  const reached = { m: 0, g: 0 }
  let cosignatures: { readonly size: number; readonly atMs: number }[] = []
  let offsetMs = 0
  let notBeforeMs = -Infinity
  let from = 0
  const settle = (until: number): void => {
    for (; from < waiting.length && waiting[from]!.seq < until; from += 1) {
      const { seq, line, atMs } = waiting[from]!
      for (const { size, atMs: cosigned } of cosignatures) if (size <= seq) notBeforeMs = Math.max(notBeforeMs, cosigned)
      cosignatures = cosignatures.filter(({ size }) => size > seq)
      const notAfterMs = Math.min(Infinity, ...cosignatures.map(({ atMs: cosigned }) => cosigned))
      if (atMs < notBeforeMs - slackMs)
        outside(seq, line, `its time is ${inWords(notBeforeMs - atMs)} before a head without it was confirmed`)
      else if (atMs > notAfterMs + slackMs)
        outside(seq, line, `its time is ${inWords(atMs - notAfterMs)} after a head with it was confirmed`)
    }
    if (from > 1_024) waiting.splice(0, from)
    if (from > 1_024) from = 0
  }
  return {
    entry: ({ seq, time, type, detail }, line) => {
      const ms = detail['ms']
      if (type === 'clock.offset' && typeof ms === 'number') offsetMs = ms
      waiting.push({ seq, line, atMs: time + offsetMs })
    },
    head: (file, size, cosignedAt) => {
      for (const timeS of cosignedAt) cosignatures.push({ size, atMs: timeS * 1000 })
      reached[file] = Math.max(reached[file], size)
      settle(Math.min(reached.m, reached.g))
    },
    end: () => settle(Infinity),
  }
}

const inWords = (ms: number): string => (ms < 7_200_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 3_600_000)} h`)
