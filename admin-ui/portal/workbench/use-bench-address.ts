import { useCallback } from 'react'
import { useSearchParams } from 'wouter'

/** File, pane and width stand in the address: they survive a reload and can be sent to somebody. */
export const useBenchAddress = () => {
  const [params, setParams] = useSearchParams()
  const set = useCallback(
    (members: Readonly<Record<string, string | null>>) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          for (const [name, value] of Object.entries(members)) {
            if (value === null) next.delete(name)
            else next.set(name, value)
          }
          return next
        },
        { replace: !('file' in members) },
      ),
    [setParams],
  )
  return { file: params.get('file'), pane: params.get('pane') ?? undefined, wide: params.get('wide') === '1', set }
}
