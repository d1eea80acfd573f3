import { useCallback, useEffect, useMemo, useState } from 'react'
import type { PanelState } from '../../../agent/panel/panel-api.ts'
import { hearStream, silentAfterMs } from './hear-stream.ts'
import { createPanelClient } from './panel-client.ts'
import type { PanelClient } from './panel-client.ts'
import { useMonotonicTick } from '../../look/use-tick.ts'

interface Heard {
  readonly state: PanelState
  /** `performance.now()` when it came. */
  readonly at: number
}

export interface Panel {
  readonly client: PanelClient
  readonly state: PanelState | null
  /** Milliseconds since the agent last said anything. */
  readonly silentMs: number
  /** Whether what is shown may be out of date: shown as such, never as live. */
  readonly lost: boolean
  /** The agent's clock now, Unix milliseconds. */
  readonly nowMs: number
  readonly take: (state: PanelState) => void
}

/** The state of the machine as its agent tells it, always with how old it is. */
export const usePanel = (secret: string, onNotPaired: () => void): Panel => {
  const [heard, setHeard] = useState<Heard | null>(null)
  const [linkLost, setLinkLost] = useState(false)
  const [startedAt] = useState(() => performance.now())
  const client = useMemo(() => createPanelClient({ secret }), [secret])
  const take = useCallback((state: PanelState) => {
    setHeard({ state, at: performance.now() })
    setLinkLost(false)
  }, [])
  useEffect(() => {
    const stop = new AbortController()
    void hearStream({
      open: client.events,
      signal: stop.signal,
      onEvent: ({ data }) => take(JSON.parse(data) as PanelState),
      onLost: () => setLinkLost(true),
      onNotPaired,
    })
    return () => stop.abort()
  }, [client, take, onNotPaired])
  const now = useMonotonicTick(250)
  // A state that came after the last tick is not older than nothing.
  const silentMs = Math.max(0, now - (heard?.at ?? startedAt))
  return {
    client,
    state: heard?.state ?? null,
    silentMs,
    lost: linkLost || silentMs > silentAfterMs,
    nowMs: (heard?.state.now ?? 0) + silentMs,
    take,
  }
}
