import { join } from 'node:path'
import { readFileIfThere, writeFileAtomic } from '../state/atomic-file.ts'

/** What runs on this machine, and what came before: the launcher's memory. Programs are named by their SHA-256 in hex. */
export interface VersionsRecord {
  readonly v: 1
  /** Null: the installed program. */
  readonly current: string | null
  /** What to go back to; null: the installed program. */
  readonly previous: string | null
  /** What is tried next, or just now. */
  readonly trial: Trial | null
  /** The highest version that ever reached the gateway here. */
  readonly floor: string | null
  readonly outcome: Outcome | null
}

export interface Trial {
  readonly program: string
  readonly version: string
  /** The version that it follows. */
  readonly from: string
  /** Who agreed; null: the standing consent. */
  readonly by: string | null
  /** Seconds that it has to reach the gateway. */
  readonly withinS: number
  /** How often it was started. */
  readonly begun: number
}

/** How the last update, or the last start, went. */
export interface Outcome {
  /** Another one for each. */
  readonly id: string
  readonly what: 'installed' | 'rolled_back'
  readonly version: string
  /** The version before it. */
  readonly from: string
  /** Of `rolled_back`: `crashed`, `not_reached`, `interrupted`, or the code of what was wrong with the file. */
  readonly reason: string | null
  readonly by: string | null
  /** Unix milliseconds. */
  readonly atMs: number
}

export const versionsFolder = (stateDir: string): string => join(stateDir, 'versions')
/** The package that waits for the operator. */
export const offeredFile = (stateDir: string): string => join(stateDir, 'update.package')
const recordFile = (stateDir: string): string => join(versionsFolder(stateDir), 'record.json')

const nothing: VersionsRecord = { v: 1, current: null, previous: null, trial: null, floor: null, outcome: null }

/** Never rejects: what cannot be read is as none, and the installed program runs. */
export async function readVersions(stateDir: string): Promise<VersionsRecord> {
  try {
    const read: unknown = JSON.parse((await readFileIfThere(recordFile(stateDir))) ?? 'null')
    return isRecord(read) ? read : nothing
  } catch {
    return nothing
  }
}

/** Whole or not at all, and durable. */
export const writeVersions = (stateDir: string, record: VersionsRecord): Promise<void> =>
  writeFileAtomic(recordFile(stateDir), `${JSON.stringify(record)}\n`)

const isDigest = (value: unknown): boolean => value === null || (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value))
const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= 200
const isTextOrNull = (value: unknown): boolean => value === null || isText(value)
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

function isRecord(value: unknown): value is VersionsRecord {
  if (typeof value !== 'object' || value === null) return false
  const { v, current, previous, trial, floor, outcome } = value as Partial<VersionsRecord>
  return v === 1 && isDigest(current) && isDigest(previous) && isTextOrNull(floor) && isTrial(trial) && isOutcome(outcome)
}

function isTrial(value: unknown): boolean {
  if (value === null) return true
  if (typeof value !== 'object' || value === undefined) return false
  const { program, version, from, by, withinS, begun } = value as Partial<Trial>
  return (
    typeof program === 'string' &&
    isDigest(program) &&
    isText(version) &&
    isText(from) &&
    isTextOrNull(by) &&
    isCount(withinS) &&
    isCount(begun)
  )
}

function isOutcome(value: unknown): boolean {
  if (value === null) return true
  if (typeof value !== 'object' || value === undefined) return false
  const { id, what, version, from, reason, by, atMs } = value as Partial<Outcome>
  return (
    isText(id) &&
    (what === 'installed' || what === 'rolled_back') &&
    isText(version) &&
    isText(from) &&
    isTextOrNull(reason) &&
    isTextOrNull(by) &&
    isCount(atMs)
  )
}
