import { useEffect } from 'react'
import type { FileSaver } from './create-file-saver.ts'

/** Saves at once when the page is about to be left or hidden, and when the network is back; asks before a page is left whose text is not saved. */
export const useSaveOnLeaving = (saver: FileSaver | undefined): void => {
  useEffect(() => {
    if (saver === undefined) return undefined
    const isOpen = (): boolean => saver.state().phase !== 'saved'
    const saveNow = (): void => void saver.save()
    const ask = (event: BeforeUnloadEvent): void => {
      if (!isOpen()) return
      event.preventDefault()
      saveNow()
    }
    const hide = (): void => (document.visibilityState === 'hidden' ? saveNow() : undefined)
    addEventListener('beforeunload', ask)
    addEventListener('pagehide', saveNow)
    addEventListener('online', saveNow)
    document.addEventListener('visibilitychange', hide)
    return () => {
      removeEventListener('beforeunload', ask)
      removeEventListener('pagehide', saveNow)
      removeEventListener('online', saveNow)
      document.removeEventListener('visibilitychange', hide)
    }
  }, [saver])
}
