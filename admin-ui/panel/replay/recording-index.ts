import type { PanelMirrorBatch, PanelMirrorRequest, PanelRefusal, RecordedEntry } from '../../../agent/panel/panel-api.ts'
import { createStepReader } from '../mirror/read-steps.ts'
import type { Step, StepReader } from '../mirror/read-steps.ts'

/** Something that happened, for the list: each has its moment. */
export type Happening = { readonly key: string; readonly at: number } & (
  | { readonly step: Step }
  | { readonly request: PanelMirrorRequest }
  | { readonly refused: PanelRefusal }
  | { readonly turn: 'began' | 'held' | 'viewOnly' | 'goesOn' | 'ended' }
)

export interface ListedPage {
  readonly id: string
  readonly openedAt: number
  readonly service: string
}

/** What the picture needs of one entry, without the entry itself. */
export type Moment = { readonly at: number; readonly part: number; readonly place: number } & (
  | { readonly pages: readonly ListedPage[] }
  | { readonly page: string; readonly fresh: boolean }
)

/** From then on this stands at a path. */
export interface AssetMoment {
  readonly at: number
  readonly service: string
  readonly path: string
  /** For `assetData`; null: nothing that is known. */
  readonly of: number | null
}

/** What is known of a recording as far as it was read. */
export interface RecordingIndex {
  /** `part`: where these entries begin. */
  read(part: number, entries: readonly RecordedEntry[]): void
  readonly startAt: number
  readonly endAt: number
  /** In order of their time. */
  readonly moments: readonly Moment[]
  /** In order of their time. */
  readonly assets: readonly AssetMoment[]
  /** `data:`; empty: it is not known any more. */
  assetData(of: number | null): string
  /** When somebody did something, in order: the rest is idle. */
  readonly acts: readonly number[]
  happenings(): readonly Happening[]
  /** How many more there were than are listed. */
  readonly left: number
}

/** Characters of the pictures and fonts of a recording; the agent records fewer. The oldest are named in their place. */
export const mostAssetChars = 48 * 1024 * 1024
const mostHappenings = 3_000
/** `IncrementalSource` of `@rrweb/types`: pointer moved, pressed, scrolled, typed, touched, dragged. */
const actSources: ReadonlySet<unknown> = new Set([1, 2, 3, 5, 6, 12])

export const createRecordingIndex = (): RecordingIndex => {
  const moments: Moment[] = []
  const acts: number[] = []
  const assets: AssetMoment[] = []
  /** `data:` of each that was told, in order; those that are told to be at another path are one of them. */
  const told: string[] = []
  let assetChars = 0
  let oldestAsset = 0
  const happened = new Map<string, Happening>()
  const readers = new Map<string, StepReader>()
  const titles = new Map<string, string>()
  const openedAt = new Map<string, number>()
  let startAt = 0
  let endAt = 0
  let left = 0
  let conduct: { readonly paused: boolean; readonly viewOnly: boolean } | null = null

  const put = (one: Happening): void => {
    if (happened.has(one.key) || happened.size < mostHappenings) happened.set(one.key, one)
    else left += 1
  }
  const readBatch = (batch: PanelMirrorBatch): void => {
    const opened = `${batch.page} ${openedAt.get(batch.page) ?? 0}`
    const reader = readers.get(opened) ?? createStepReader(opened)
    readers.set(opened, reader)
    for (const step of reader.read(batch, titles.get(batch.page) ?? null)) put({ key: step.key, at: step.at, step })
    if (batch.batch.events.some(isAct)) acts.push(batch.at)
  }
  const turn = ({ paused, view_only: viewOnly }: Extract<RecordedEntry, { kind: 'conduct' }>, at: number): void => {
    const before = conduct
    conduct = { paused, viewOnly }
    if (before === null || (before.paused === paused && before.viewOnly === viewOnly)) return
    put({ key: `turn ${at}`, at, turn: paused ? 'held' : viewOnly ? 'viewOnly' : 'goesOn' })
  }
  const readEntry = (part: number, place: number, entry: RecordedEntry): void => {
    const { at } = entry
    endAt = Math.max(endAt, at)
    if (entry.kind === 'begin') {
      startAt = at
      put({ key: 'began', at, turn: 'began' })
    } else if (entry.kind === 'pages') {
      for (const { id, opened_at: opened, told } of entry.pages) {
        openedAt.set(id, opened)
        if (told !== null) titles.set(id, told.title)
      }
      moments.push({ at, part, place, pages: entry.pages.map(({ id, opened_at: opened, service }) => ({ id, openedAt: opened, service })) })
    } else if (entry.kind === 'asset') {
      const { service, path, data } = entry.asset
      assets.push({ at, service, path, of: told.length })
      told.push(data)
      assetChars += data.length
      for (; assetChars > mostAssetChars; oldestAsset += 1) {
        assetChars -= told[oldestAsset]!.length
        told[oldestAsset] = ''
      }
    } else if (entry.kind === 'asset_at') {
      const { service, path, of } = entry
      assets.push({ at, service, path, of })
    } else if (entry.kind === 'batch') {
      const { page, n, fresh, batch } = entry
      moments.push({ at, part, place, page, fresh })
      readBatch({ page, n, at, fresh, batch })
    } else if (entry.kind === 'request') {
      put({ key: `request ${entry.request.n}`, at: entry.request.at, request: entry.request })
      if (entry.request.verdict !== 'reads' || typeof entry.request.file === 'string') acts.push(at)
    } else if (entry.kind === 'refused') {
      const { what, why, subject } = entry.refused
      put({ key: `refused ${what} ${why} ${subject}`, at: entry.refused.last_at, refused: entry.refused })
    } else if (entry.kind === 'conduct') turn(entry, at)
    else put({ key: 'ended', at, turn: 'ended' })
  }
  return {
    read: (part, entries) => entries.forEach((entry, place) => readEntry(part, place, entry)),
    get startAt() {
      return startAt
    },
    get endAt() {
      return endAt
    },
    moments,
    assets,
    assetData: (of) => (of === null ? '' : (told[of] ?? '')),
    acts,
    happenings: () => [...happened.values()].toSorted((a, b) => a.at - b.at),
    get left() {
      return left
    },
  }
}

const isAct = (event: unknown): boolean => {
  if (typeof event !== 'object' || event === null || !('type' in event) || !('data' in event)) return false
  const { type, data } = event
  if (type === 4) return true
  return type === 3 && typeof data === 'object' && data !== null && 'source' in data && actSources.has(data.source)
}

/** How many of them are at or before a moment: they are in order. */
export const countUntil = <T>(list: readonly T[], at: number, timeOf: (one: T) => number): number => {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (timeOf(list[middle]!) <= at) low = middle + 1
    else high = middle
  }
  return low
}
