import { useEffect } from 'react'
import { usePolicyApi } from '../use-policy-api.ts'

const everyMs = 15_000

/** Tells the others that somebody is at this draft, and in which file, for as long as the page is open. */
export const usePresence = (draft: string, path: string | null, editing: boolean): void => {
  const api = usePolicyApi()
  useEffect(() => {
    // Whoever only reads is not announced.
    if (!editing) return undefined
    // A word that is lost is followed by the next one.
    const tell = (): void => void api.present(draft, path).catch(() => undefined)
    tell()
    const timer = setInterval(tell, everyMs)
    return () => clearInterval(timer)
  }, [api, draft, path, editing])
}
