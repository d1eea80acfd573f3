import type { MachineFrame } from './frame.ts'

/** More is refused where it would be used. */
const longestPlace = 4_096
const everyMs = 1_000

/**
 * Keeps in this page's address where the machine's page is, for whoever reloads it or keeps the link. That page says so itself (recorder/tell-place.ts), and so it may
 * say anything: nothing but the address follows from it, and no more often than each second.
 */
export function keepPlace(frame: Pick<MachineFrame, 'isFrom'>): void {
  let place: string | undefined
  let waiting = false
  const write = (): void => {
    waiting = false
    const address = new URL(location.href)
    if (place === undefined || place === (address.searchParams.get('to') ?? '/')) return
    if (place === '/') address.searchParams.delete('to')
    else address.searchParams.set('to', place)
    history.replaceState(null, '', address)
  }
  addEventListener('message', (message: MessageEvent<{ readonly sallyport?: unknown; readonly place?: unknown } | null>) => {
    const { data } = message
    if (!frame.isFrom(message) || typeof data !== 'object' || data?.sallyport !== 'place') return
    if (typeof data.place !== 'string' || !data.place.startsWith('/') || data.place.length > longestPlace) return
    place = data.place
    if (waiting) return
    waiting = true
    setTimeout(write, everyMs)
  })
}
