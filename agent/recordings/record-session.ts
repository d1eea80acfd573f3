import type { LiveSession } from '../approvals/approval-state.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { MirroredPage, Pages } from '../mirror/pages.ts'
import type { SeenAssets } from '../mirror/seen-assets.ts'
import type { SeenRequest, SeenRequests } from '../mirror/seen-requests.ts'
import { pageBody, requestBody } from '../mirror/told-bodies.ts'
import type { RecordedEntry } from '../panel/panel-api-recordings.ts'
import type { Refusal, RefusalRecord } from '../refusals/refusal-record.ts'
import { createRecordedAssets } from './recorded-assets.ts'

/** What happens in one session, told line by line (`RecordedEntry`). */
export interface SessionRecorder {
  /** How it goes on may have changed. */
  changed(live: LiveSession): void
  /** Tells what is not told yet. */
  end(): void
}

export interface RecordSessionOptions {
  readonly live: LiveSession
  readonly add: (line: Buffer) => void
  /** Of what was added, for the disk. */
  readonly waitingBytes: () => number
  readonly pages: Pages
  readonly requests: SeenRequests
  readonly assets: SeenAssets
  readonly refusals: RefusalRecord
  readonly clock: Clock
  readonly title: (service: string) => string
}

/** What was refused is looked for so often. */
const lookEveryMs = 2_000

type Entry = RecordedEntry extends infer One ? (One extends unknown ? Omit<One, 'at'> : never) : never

export function recordSession({
  live,
  add,
  waitingBytes,
  pages,
  requests,
  assets,
  refusals,
  clock,
  title,
}: RecordSessionOptions): SessionRecorder {
  const startedAtMs = clock.nowMs()
  const sent = new WeakMap<MirroredPage, number>()
  const refused = new Map<string, number>()
  let revision = 0
  let planned = false
  let over = false
  let conduct = ''
  let lastAtMs = startedAtMs
  let timer: Timer | undefined

  const atMs = (): number => (lastAtMs = Math.max(lastAtMs, clock.nowMs()))
  const tell = (entry: Entry): void => add(Buffer.from(JSON.stringify({ at: atMs(), ...entry })))
  const tellBatches = (page: MirroredPage): void => {
    const first = page.kept[0]?.n ?? 0
    for (const { n, bytes } of page.kept.slice(Math.max(0, (sent.get(page) ?? 0) + 1 - first))) {
      sent.set(page, n)
      const head = `{"at":${atMs()},"kind":"batch","page":"${page.id}","n":${n},"fresh":${n === first},"batch":`
      add(Buffer.concat([Buffer.from(head), bytes, Buffer.from('}')]))
    }
  }
  const tellRequest = (request: SeenRequest): void => tell({ kind: 'request', request: requestBody(request, title) })
  const tellSettled = (): void => {
    planned = false
    for (const { revision: changedAt, request } of requests.changedAfter(revision)) {
      revision = changedAt
      if (isSettled(request)) tellRequest(request)
    }
  }
  const tellRefused = (): void => {
    for (const one of refusals.newest(200).toReversed()) {
      const key = `${one.what} ${one.why} ${one.subject}`
      if (one.lastAtMs < startedAtMs || refused.get(key) === one.count) continue
      refused.set(key, one.count)
      tell({ kind: 'refused', refused: refusedBody(one) })
    }
  }
  const look = (): void => {
    tellRefused()
    timer = clock.after(lookEveryMs, look)
  }
  const changed = ({ services, paused, viewOnly, expiresAtS }: LiveSession): void => {
    const next: Entry = { kind: 'conduct', services: services.map(title), paused, view_only: viewOnly, expires_at: expiresAtS }
    if (conduct === JSON.stringify(next)) return
    conduct = JSON.stringify(next)
    tell(next)
  }

  const { id, name, organisation } = live.technician
  const { purpose, ticket } = live
  tell({ kind: 'begin', v: 1, session: live.id, technician: { id, name, organisation }, purpose, ticket })
  changed(live)
  const stops = [
    pages.follow((what) => {
      if (what === 'pages') tell({ kind: 'pages', pages: pages.list().map(pageBody) })
      else for (const page of pages.list()) tellBatches(page)
    }),
    assets.follow(createRecordedAssets({ tell, waitingBytes })),
    requests.follow(() => {
      if (planned) return
      planned = true
      setImmediate(() => {
        if (!over) tellSettled()
      })
    }),
  ]
  timer = clock.after(lookEveryMs, look)
  return {
    changed,
    end: () => {
      if (over) return
      over = true
      timer?.cancel()
      for (const stop of stops) stop()
      tellSettled()
      for (const { request } of requests.changedAfter(0)) if (!isSettled(request)) tellRequest(request)
      tellRefused()
      tell({ kind: 'end' })
    },
  }
}

/** It will not change any more. */
function isSettled({ done, verdict }: SeenRequest): boolean {
  return done && verdict !== 'open'
}

function refusedBody({ what, why, subject, firstAtMs, lastAtMs, count }: Refusal): Extract<Entry, { kind: 'refused' }>['refused'] {
  return { what, why, subject, first_at: firstAtMs, last_at: lastAtMs, count }
}
