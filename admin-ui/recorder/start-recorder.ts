import { record } from '@rrweb/record'
import { watchCanvases } from './canvas-pictures.ts'
import type { CanvasPictures } from './canvas-pictures.ts'
import { openLine } from './line-to-operator.ts'
import { createMasking, type MaskMode } from './masking.ts'
import { natives } from './natives.ts'

/** `EventType` of `@rrweb/types`. */
const fullSnapshot = 2
const marker = Symbol.for('sallyport.recorder')

/** Records this page for the operator, unless a page around it does so already. Whatever goes wrong here, the page goes on as if nothing were there. */
export function startRecorder(mode: MaskMode): void {
  try {
    if (isRecordedAlready(window)) return
    Object.defineProperty(window, marker, { value: true })
    // A page that the browser draws ahead is before nobody's eyes yet.
    if ('prerendering' in document && document.prerendering === true) natives.listen(document, 'prerenderingchange', () => start(mode))
    else start(mode)
  } catch {
    // The page does not hear of it.
  }
}

/** `record` follows frames of the same origin by itself. A frame of another origin lets nobody look up. */
function isRecordedAlready(start: Window): boolean {
  let above: Window = start
  try {
    for (;;) {
      if (marker in above) return true
      if (above.parent === above) return false
      above = above.parent
    }
  } catch {
    return false
  }
}

function start(mode: MaskMode): void {
  const masking = createMasking(mode)
  let stop: (() => void) | undefined
  let canvases: CanvasPictures | undefined
  const line = openLine({
    url: `${location.origin.replace(/^http/, 'ws')}/.sallyport/record`,
    page: () => ({ url: location.href, title: document.title, width: innerWidth, height: innerHeight }),
    onOrder: (order) => (order === 'stop' ? quiet() : snapshot()),
    onFresh: () => snapshot(),
  })
  const begin = (): void => {
    stop = record({
      emit: (event) => {
        masking.leftovers(event)
        line.add(event)
        const kind: number = event.type
        if (kind === fullSnapshot) canvases?.forget()
      },
      recordAfter: 'DOMContentLoaded',
      inlineStylesheet: true,
      sampling: { mousemove: 50, scroll: 100 },
      userTriggeredOnInput: true,
      maskInputOptions: masking.inputs,
      maskInputFn: masking.input,
      ...(masking.text === null ? {} : { maskTextSelector: masking.text }),
      // A page hears of its own wrong calls (`insertRule`), never of our faults.
      errorHandler: (error) => !(error instanceof DOMException),
    })
    canvases ??= watchCanvases({ idOf: (canvas) => record.mirror.getId(canvas), emit: line.add })
  }
  const quiet = (): void => {
    canvases?.stop()
    canvases = undefined
    try {
      stop?.()
    } catch {
      // It is gone in any case.
    }
    stop = undefined
  }
  const snapshot = (): void => {
    try {
      if (stop === undefined) begin()
      else record.takeFullSnapshot(true)
    } catch {
      // Too early: the first picture comes by itself.
    }
  }
  natives.listenFirst(window, 'input', (event: Event) => {
    try {
      masking.typed(event.composedPath()[0])
    } catch {
      // The page does not hear of it.
    }
  })
  begin()
  natives.listen(window, 'pagehide', () => line.leave())
  natives.listen(window, 'pageshow', ({ persisted }: PageTransitionEvent) => {
    if (persisted) line.comeBack()
  })
}
