import type { BarView } from '../../gateway/proxy/bar/bar-view.ts'
import { call } from './gateway-calls.ts'
import { element } from './element.ts'

/**
 * What the machine's page may do in its frame. Not: navigate this page away (`allow-top-navigation`), which a page does to be rid of the bar, also where somebody
 * clicks. Windows that it opens are as free as without the bar.
 */
const sandbox = [
  'allow-scripts',
  'allow-same-origin',
  'allow-forms',
  'allow-modals',
  'allow-downloads',
  'allow-popups',
  'allow-popups-to-escape-sandbox',
  'allow-pointer-lock',
].join(' ')
/** Nothing that covers the bar. */
const allow = 'clipboard-read; clipboard-write; autoplay; screen-wake-lock'

export interface MachineFrame {
  /** Loads the page at this place of it. Rejects where the gateway gives no way in. */
  open(to: string): Promise<void>
  /** The page is gone at once. With `view`, what it kept in this browser is cleared: the gateway says so with its answer to the next request. */
  close(view?: BarView): void
  /** Words changed. */
  name(title: string): void
  /** Whether a message came from the page in the frame, as far as its origin goes: every script of the machine is the same there. */
  isFrom(message: MessageEvent): boolean
}

/** Milliseconds for the answer that clears. */
const clearWithinMs = 5_000

export function createFrame(place: HTMLElement): MachineFrame {
  let frame: HTMLIFrameElement | undefined
  let origin = ''
  let title = ''
  return {
    async open(to) {
      const { url } = await call('/api/frame', { to })
      frame?.remove()
      frame = element('iframe', { sandbox, allow, referrerpolicy: 'no-referrer', title, id: 'machine' })
      frame.src = String(url)
      origin = new URL(frame.src).origin
      place.append(frame)
    },
    close(view) {
      frame?.remove()
      frame = undefined
      if (view === undefined) return
      const last = element('iframe', { sandbox, referrerpolicy: 'no-referrer', hidden: '', 'aria-hidden': 'true', tabindex: '-1' })
      last.src = `${view.page_origin}/.sallyport/enter`
      place.append(last)
      setTimeout(() => last.remove(), clearWithinMs)
    },
    isFrom: (message) => frame !== undefined && message.source === frame.contentWindow && message.origin === origin,
    name(next) {
      title = next
      if (frame !== undefined && frame.title !== next) frame.title = next
    },
  }
}
