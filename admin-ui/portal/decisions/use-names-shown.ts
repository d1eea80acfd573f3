import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

/** Whether names are shown. When they are hidden again, or the page is left, none of them stays in the memory of the page. */
export const useNamesShown = () => {
  const queries = useQueryClient()
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (!shown) return undefined
    return () => queries.removeQueries({ queryKey: ['decisions'], predicate: ({ queryKey }) => queryKey.some(asksForNames) })
  }, [shown, queries])
  return { shown, setShown, personal: shown ? 'shown' : 'hidden' } as const
}

const asksForNames = (part: unknown): boolean =>
  part === 'shown' || (typeof part === 'object' && part !== null && 'personal' in part && part.personal === 'shown')
