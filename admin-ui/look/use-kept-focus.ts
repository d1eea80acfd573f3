import { useEffect, useRef } from 'react'

/**
 * When `shown` changes and what had the focus is gone with it, the heading that came instead takes the focus: whoever works by keyboard or
 * screen reader goes on there, not at the top of the page. A focus that somebody still has is never taken. Null: nothing is shown yet.
 */
export const useKeptFocus = (shown: string | null, heading: string): void => {
  const before = useRef(shown)
  useEffect(() => {
    if (before.current === shown) return
    const first = before.current === null
    before.current = shown
    if (first) return
    if (document.activeElement !== null && document.activeElement !== document.body) return
    const element = document.querySelector<HTMLElement>(heading)
    if (element === null) return
    element.tabIndex = -1
    element.focus({ preventScroll: true })
  }, [shown, heading])
}
