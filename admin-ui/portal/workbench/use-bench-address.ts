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
          // It belongs to the file with which a link came here.
          if ('file' in members) next.delete('line')
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
  const line = Number(params.get('line') ?? Number.NaN)
  return {
    file: params.get('file'),
    line: Number.isSafeInteger(line) && line > 0 ? line : null,
    pane: params.get('pane') ?? undefined,
    wide: params.get('wide') === '1',
    set,
  }
}
