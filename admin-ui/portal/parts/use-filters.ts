import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'

/** Filters live in the address: they survive a reload and can be sent to somebody. */
export const useFilters = <Name extends string>(names: readonly Name[]) => {
  const [params, setParams] = useSearchParams()
  const text = params.toString()
  const filters = useMemo(() => {
    const current = new URLSearchParams(text)
    return Object.fromEntries(names.map((name) => [name, current.get(name) ?? undefined])) as Record<Name, string | undefined>
  }, [text, names])
  const set = useCallback(
    (name: Name, value: string) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          if (value === '') next.delete(name)
          else next.set(name, value)
          return next
        },
        { replace: true },
      ),
    [setParams],
  )
  const clear = useCallback(() => setParams({}, { replace: true }), [setParams])
  return { filters, set, clear, any: names.some((name) => filters[name] !== undefined) }
}
