import { AgentError } from '../basics/agent-error.ts'
import { tooLargeTag, unrecordedTag } from '../wire/mirror.ts'
import type { UnrecordedPayload } from '../wire/mirror.ts'

export interface PageHeader {
  readonly url: string
  readonly title: string
  readonly width: number
  readonly height: number
}

/** What the picture of a page lacks: all of it (`UnrecordedPayload`), or something that was too large to be told. */
export type PageHole = UnrecordedPayload['reason'] | 'too_large'

/** A batch, as far as the agent looks into it: what a page is, where a full snapshot begins, and whether somebody did something. */
export interface ReadBatch {
  /** JSON of a `RecordedBatch`, without a line break. */
  readonly bytes: Buffer
  readonly page: PageHeader | null
  /** It begins with a full snapshot (and the `Meta` before it): whoever reads from here on needs nothing older. */
  readonly startsFresh: boolean
  readonly acts: boolean
  /** It has no events: a recorder said that it runs. */
  readonly empty: boolean
  /** Of the events that are passed on. */
  readonly hole: PageHole | null
}

/** Of `@rrweb/record`: `EventType`, `IncrementalSource`, `MouseInteractions`. */
const fullSnapshot = 2
const incremental = 3
const meta = 4
const custom = 5
const unrecordedReasons: readonly unknown[] = ['sandboxed', 'charset', 'coding', 'busy'] satisfies readonly PageHole[]
const mouseInteraction = 2
const input = 5
/** Click, context menu, double click, touch start. */
const actInteractions: ReadonlySet<unknown> = new Set([2, 3, 4, 7])
const mostUrl = 2_000
const mostTitle = 200

/** @throws AgentError `bad_request` for what is not a batch */
export function readBatch(line: Buffer): ReadBatch {
  const batch = parse(line)
  const { events } = batch
  if (!Array.isArray(events)) throw bad('events: is not a list')
  if (!events.every(isObject)) throw bad('events: not each is an object')
  const page = batch['page'] === undefined ? null : readHeader(batch['page'])
  const acts = events.some(isAct)
  const snapshot = events.findLastIndex(({ type }) => type === fullSnapshot)
  if (snapshot === -1) return { bytes: oneLine(line), page, startsFresh: false, acts, empty: events.length === 0, hole: holeIn(events) }
  const from = snapshot > 0 && events[snapshot - 1]?.['type'] === meta ? snapshot - 1 : snapshot
  const rest = events.slice(from)
  const bytes = from === 0 ? oneLine(line) : Buffer.from(JSON.stringify({ events: rest }))
  return { bytes, page, startsFresh: true, acts, empty: false, hole: holeIn(rest) }
}

function isAct(event: Record<string, unknown>): boolean {
  const { type, data } = event
  if (type !== incremental || !isObject(data)) return false
  // What a script of the page put into a field is nobody's act.
  if (data['source'] === input) return data['userTriggered'] !== false
  return data['source'] === mouseInteraction && actInteractions.has(data['type'])
}

function holeIn(events: readonly Record<string, unknown>[]): PageHole | null {
  for (const { type, data } of events) {
    if (type !== custom || !isObject(data)) continue
    if (data['tag'] === tooLargeTag) return 'too_large'
    if (data['tag'] !== unrecordedTag || !isObject(data['payload'])) continue
    const { reason } = data['payload']
    if (unrecordedReasons.includes(reason)) return reason as PageHole
  }
  return null
}

function parse(line: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line))
  } catch {
    throw bad('is not JSON in UTF-8')
  }
  if (!isObject(value)) throw bad('is not an object')
  return value
}

function readHeader(value: unknown): PageHeader {
  if (!isObject(value)) throw bad('page: is not an object')
  const { url, title, width, height } = value
  if (typeof url !== 'string' || typeof title !== 'string') throw bad('page: url and title must be text')
  if (!isLength(width) || !isLength(height)) throw bad('page: width and height must be lengths in pixels')
  return { url: url.slice(0, mostUrl).toWellFormed(), title: title.slice(0, mostTitle).toWellFormed(), width, height }
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 100_000
}

/** A carriage return between tokens would be the end of a line for those who read server-sent events. */
function oneLine(line: Buffer): Buffer {
  return line.includes(0x0d) ? Buffer.from(line.map((byte) => (byte === 0x0d ? 0x20 : byte))) : line
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(what: string): AgentError {
  return new AgentError({ code: 'bad_request', message: `batch: ${what}` })
}
