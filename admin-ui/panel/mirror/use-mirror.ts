import { useEffect, useState } from 'react'
import type { PanelClient } from '../api/panel-client.ts'
import { hearStream } from '../api/hear-stream.ts'
import { createMirrorModel } from './mirror-model.ts'
import type { MirrorModel, MirrorView } from './mirror-model.ts'

/** People read no faster; the picture itself does not wait for it. */
const tellEveryMs = 150

export interface Mirror {
  readonly view: MirrorView
  readonly model: MirrorModel
  /** Whether the agent is heard. */
  readonly heard: boolean
}

/** What the technician sees and does in this session; the panel's own stream says when this browser is not paired any more. */
export const useMirror = (client: PanelClient): Mirror => {
  const [store] = useState(createStore)
  const [view, setView] = useState(store.model.view)
  const [heard, setHeard] = useState(false)
  useEffect(() => store.follow(setView), [store])
  useEffect(() => {
    let stop = new AbortController()
    const start = (): void => {
      stop.abort()
      stop = new AbortController()
      const { signal } = stop
      void hearStream({
        open: client.mirror,
        signal,
        onEvent: (event) => {
          if (signal.aborted) return
          setHeard(true)
          store.model.hear(event)
        },
        onLost: () => setHeard(false),
        onNotPaired: () => setHeard(false),
      })
    }
    store.model.onRestart.set(start)
    start()
    return () => stop.abort()
  }, [client, store])
  return { view, model: store.model, heard }
}

/** The model, and its view told at most so often. */
const createStore = () => {
  let tell: ((view: MirrorView) => void) | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const model = createMirrorModel((now) => {
    if (now) return tell?.(model.view())
    timer ??= setTimeout(() => {
      timer = undefined
      tell?.(model.view())
    }, tellEveryMs)
  })
  return {
    model,
    follow: (told: (view: MirrorView) => void): (() => void) => {
      tell = told
      return () => {
        tell = null
        clearTimeout(timer)
        timer = undefined
      }
    },
  }
}
