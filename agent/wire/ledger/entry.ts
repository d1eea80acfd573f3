import { fromBase64Of, fromUtf8, utf8 } from './bytes.ts'
import { canonicalJson } from '../canonical-json.ts'
import { LedgerFormatError } from './ledger-format-error.ts'

/** Bytes of an entry, at most. */
export const largestEntry = 16_384

export type LedgerActorKind = 'technician' | 'operator' | 'administrator' | 'device' | 'gateway' | 'idp'
const actorKinds: readonly string[] = ['technician', 'operator', 'administrator', 'device', 'gateway', 'idp'] satisfies LedgerActorKind[]

/** A value that names a person: base64 of SHA-256(salt + value), the value beside the entry, where it can be erased. */
export interface SealedHash {
  readonly sealed: string
}

export type LedgerValue = string | number | boolean | null | readonly LedgerValue[] | { readonly [name: string]: LedgerValue }

/** The newest head of the other side that the writer had verified, cosigned and stored. `root`: base64 of 32 bytes. */
export interface PeerHead {
  readonly epoch: number
  readonly root: string
  readonly size: number
}

/** One entry of a ledger (docs/ledger-format.md). Its bytes are {@link entryBytes}; what is hashed and exchanged is only ever bytes. */
export interface LedgerEntry {
  readonly v: 1
  /** Origin of its log, so that it fits into no other. */
  readonly log: string
  /** Leaf index, from 0. */
  readonly seq: number
  /** Unix milliseconds. */
  readonly time: number
  /** 32 hex, random for each process start. */
  readonly boot: string
  /** Milliseconds since then, never falling. */
  readonly mono: number
  readonly type: string
  /** 32 hex. */
  readonly session: string | null
  readonly actor: { readonly id: string | SealedHash | null; readonly kind: LedgerActorKind }
  readonly detail: { readonly [name: string]: LedgerValue }
  readonly peer: PeerHead | null
  /** Base64 of the hash of the leaf before; null at 0. */
  readonly prev: string | null
}

/** The bytes that are hashed: RFC 8785. @throws TypeError for a value that has no canonical form */
export const entryBytes = (entry: LedgerEntry): Uint8Array => utf8(canonicalJson(entry))

/** What is wrong with an entry's bytes: not the canonical form of anything, or not of the members that an entry has. */
export type EntryFault = 'not_canonical' | 'fields'

/** Bytes that claim to be an entry, and are not. */
export class LedgerEntryError extends LedgerFormatError {
  readonly fault: EntryFault
  constructor(fault: EntryFault, message: string) {
    super(message)
    this.fault = fault
  }
}

/**
 * Reads an entry strictly: only bytes that RFC 8785 would write for it, and every member of the form that an entry has.
 *
 * @throws LedgerEntryError
 */
export function readEntry(bytes: Uint8Array): LedgerEntry {
  const text = textOf(bytes)
  const value = parse(text)
  // JSON.stringify writes names in the order of the source and everything else as RFC 8785 does: equal text means no space, no second spelling of a number
  // or character, no name twice. That names are in order is looked at below.
  if (JSON.stringify(value) !== text)
    throw new LedgerEntryError('not_canonical', 'its bytes are not the canonical form (RFC 8785) of what they say')
  canonicalOrder(value)
  if (bytes.length > largestEntry) throw new LedgerEntryError('fields', `it has ${bytes.length} bytes, and ${largestEntry} are the most`)
  plainValues(value, '$')
  if (!isObject(value)) throw new LedgerEntryError('fields', 'it is not an object')
  for (const name of Object.keys(value))
    if (!(name in members)) throw new LedgerEntryError('fields', `nothing is called ${name} in an entry`)
  for (const [name, isRight] of Object.entries(members)) {
    if (!Object.hasOwn(value, name)) throw new LedgerEntryError('fields', `${name} is missing`)
    if (!isRight(value[name])) throw new LedgerEntryError('fields', `${name} is not what it has to be`)
  }
  return value as unknown as LedgerEntry
}

function textOf(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes, 'it')
  } catch (error) {
    throw new LedgerEntryError('not_canonical', (error as Error).message)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LedgerEntryError('not_canonical', 'it is not JSON')
  }
}

function canonicalOrder(value: unknown): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new LedgerEntryError('not_canonical', 'a lone surrogate has no UTF-8 form')
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) canonicalOrder(item)
    return
  }
  let before: string | undefined
  for (const [name, member] of Object.entries(value)) {
    // RFC 8785, section 3.2.3: UTF-16 code units, which is what `<` compares.
    if (before !== undefined && !(before < name))
      throw new LedgerEntryError('not_canonical', `its names are not in order: ${before}, ${name}`)
    before = name
    canonicalOrder(name)
    canonicalOrder(member)
  }
}

const namePattern = /^[a-z][a-z0-9_]*$/

function plainValues(value: unknown, path: string): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new LedgerEntryError('fields', `${path} is ${value}: only integers below 2^53 are allowed`)
  if (Array.isArray(value)) for (const item of value) plainValues(item, path)
  else if (isObject(value))
    for (const [name, member] of Object.entries(value)) {
      if (!namePattern.test(name)) throw new LedgerEntryError('fields', `${JSON.stringify(name)} cannot be the name of a member`)
      plainValues(member, name)
    }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isCount = (value: unknown): value is number => typeof value === 'number' && value >= 0
const isHex32 = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)
const hasExactly = (value: Readonly<Record<string, unknown>>, ...names: readonly string[]): boolean =>
  Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name))

/** Base64 of the 32 bytes of a SHA-256. */
export function isHash(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== 44) return false
  try {
    return fromBase64Of(32, value, 'a hash').length === 32
  } catch {
    return false
  }
}

export const isSealed = (value: unknown): value is SealedHash => isObject(value) && hasExactly(value, 'sealed') && isHash(value['sealed'])

const members: Readonly<Record<string, (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  log: (value) => typeof value === 'string' && value !== '',
  seq: isCount,
  time: isCount,
  boot: isHex32,
  mono: isCount,
  type: (value) => typeof value === 'string' && /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?$/.test(value) && value.length <= 64,
  session: (value) => value === null || isHex32(value),
  actor: (value) => isObject(value) && hasExactly(value, 'id', 'kind') && isActor(value),
  detail: isObject,
  peer: (value) => value === null || (isObject(value) && hasExactly(value, 'epoch', 'root', 'size') && isPeer(value)),
  prev: (value) => value === null || isHash(value),
}

function isActor({ id, kind }: Readonly<Record<string, unknown>>): boolean {
  return typeof kind === 'string' && actorKinds.includes(kind) && (id === null || typeof id === 'string' || isSealed(id))
}

const isPeer = ({ epoch, root, size }: Readonly<Record<string, unknown>>): boolean =>
  isCount(epoch) && epoch >= 1 && isHash(root) && isCount(size) && size >= 1

/** The hashes of all that is sealed in an entry, in its order. */
export function sealedHashes(entry: Pick<LedgerEntry, 'actor' | 'detail'>): string[] {
  return [...found(entry.actor.id), ...found(entry.detail)]
}

function* found(value: unknown): Generator<string> {
  if (isSealed(value)) yield value.sealed
  else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) yield* found(member)
}
