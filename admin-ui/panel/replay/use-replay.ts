import { useCallback, useEffect, useState } from 'react'
import type { PanelClient } from '../api/panel-client.ts'
import { createRecordingIndex } from './recording-index.ts'
import type { Happening } from './recording-index.ts'
import { createRecordingParts } from './recording-parts.ts'
import { createReplayPlayer } from './replay-player.ts'
import type { ReplayPlayer } from './replay-player.ts'

export interface Replay {
  readonly player: ReplayPlayer
  readonly view: ReplayView
  /** As the player's; seen at once, or a slider would be put back to where it was. */
  readonly seek: (at: number) => void
}

export interface ReplayView {
  readonly state: 'reading' | 'read' | 'unreadable'
  /** Of the page that draws; null before the first part is there. */
  readonly port: number | null
  readonly startAt: number
  readonly endAt: number
  readonly at: number
  readonly playing: boolean
  readonly hasPicture: boolean
  readonly happenings: readonly Happening[]
  /** How many more there were than are listed. */
  readonly left: number
}

const tickMs = 50

/** One recording, read and played. */
export const useReplay = (client: PanelClient, session: string): Replay => {
  const [store] = useState(() => createStore(client, session))
  const [view, setView] = useState(store.view)
  useEffect(() => {
    store.read()
    let before = performance.now()
    let last = ''
    const timer = setInterval(() => {
      const now = performance.now()
      store.player.tick(now - before)
      before = now
      const next = store.view()
      const key = [next.state, next.at, next.playing, next.hasPicture, next.endAt, next.happenings.length].join(' ')
      if (key === last) return
      last = key
      setView(next)
    }, tickMs)
    return () => clearInterval(timer)
  }, [store])
  const seek = useCallback(
    (at: number) => {
      store.player.seek(at)
      setView(store.view())
    },
    [store],
  )
  return { player: store.player, view, seek }
}

const createStore = (client: PanelClient, session: string) => {
  let state: ReplayView['state'] = 'reading'
  let port: number | null = null
  let happenings: readonly Happening[] = []
  let begun = false
  const index = createRecordingIndex()
  const parts = createRecordingParts((part) => client.recordingPart(session, part))
  const player = createReplayPlayer({ index, parts, isRead: () => state !== 'reading' })
  const view = (): ReplayView => ({
    state,
    port,
    startAt: index.startAt,
    endAt: index.endAt,
    at: player.at,
    playing: player.playing,
    hasPicture: player.hasPicture,
    happenings,
    left: index.left,
  })
  const read = (): void => {
    if (begun) return
    begun = true
    const taken = parts.readAll((part, body) => {
      index.read(part, body.entries)
      if (port === null) player.play(true)
      port ??= body.port
      happenings = index.happenings()
    })
    taken.then(
      () => (state = 'read'),
      () => (state = 'unreadable'),
    )
  }
  return { player, view, read }
}
