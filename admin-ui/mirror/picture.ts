import { Replayer } from '@rrweb/replay'
import { createEventTamer } from './tame-events.ts'
import type { EventTamer, TamedEvent } from './tame-events.ts'

export interface Picture {
  /** Draws what happened; `fresh` events begin a new picture, and the old one stays until it stands. */
  show(events: readonly unknown[], fresh: boolean): void
  clear(): void
  /** The window has another size. */
  fit(): void
}

export interface PictureOptions {
  readonly root: HTMLElement
  readonly onDrawn: (size: Size) => void
}

interface Size {
  readonly width: number
  readonly height: number
}

interface Layer {
  readonly element: HTMLElement
  readonly replayer: Replayer
  readonly tamer: EventTamer
  size: Size
  lastTime: number
}

/** What nothing is drawn of is hatched, so that a hole is seen as one. */
const holes =
  'canvas,iframe:not([rr_src]),video,img:not([src]){background:repeating-linear-gradient(45deg,#8a8f98 0 2px,#e6e8eb 2px 12px)!important;outline:1px solid #5c626b!important;min-width:8px;min-height:8px}'
const mostPixels = 10_000

export const createPicture = ({ root, onDrawn }: PictureOptions): Picture => {
  let layer: Layer | null = null
  /** The newest last. Those before it are there until it stands. */
  let layers: Layer[] = []

  const fitLayer = ({ element, size }: Layer): void => {
    const scale = Math.min(root.clientWidth / size.width, root.clientHeight / size.height)
    if (!Number.isFinite(scale) || scale <= 0) return
    const left = (root.clientWidth - size.width * scale) / 2
    const top = (root.clientHeight - size.height * scale) / 2
    element.style.width = `${size.width}px`
    element.style.height = `${size.height}px`
    element.style.transform = `translate(${left}px, ${top}px) scale(${scale})`
  }
  const remove = ({ element, replayer }: Layer): void => {
    replayer.destroy()
    element.remove()
  }
  const begin = (): Layer => {
    const element = document.createElement('div')
    element.className = 'layer'
    element.dataset['new'] = ''
    root.append(element)
    const replayer = new Replayer([], {
      root: element,
      liveMode: true,
      useVirtualDom: false,
      mouseTail: false,
      triggerFocus: false,
      showWarning: false,
      insertStyleRules: [holes],
    })
    const fresh: Layer = { element, replayer, tamer: createEventTamer(), size: { width: 1024, height: 768 }, lastTime: Date.now() }
    replayer.on('resize', (given) => {
      const { width, height } = given as Size
      fresh.size = { width: clampPixels(width), height: clampPixels(height) }
      fitLayer(fresh)
    })
    replayer.on('fullsnapshot-rebuilded', () => {
      delete element.dataset['new']
      fitLayer(fresh)
      for (const older of layers.slice(0, layers.indexOf(fresh))) remove(older)
      layers = layers.slice(layers.indexOf(fresh))
      onDrawn(fresh.size)
    })
    replayer.startLive(fresh.lastTime)
    layers.push(fresh)
    return fresh
  }
  return {
    show: (events, fresh) => {
      if (fresh) layer = begin()
      if (layer === null) return
      for (const event of events) {
        const tamed = layer.tamer.tame(event)
        if (tamed !== null) layer.replayer.addEvent(atOnce(layer, tamed))
      }
    },
    clear: () => {
      for (const one of layers) remove(one)
      layers = []
      layer = null
    },
    fit: () => {
      if (layer !== null) fitLayer(layer)
    },
  }
}

/** When it was recorded is of no matter (and the technician's clock is his own): it is drawn now, in order. */
const atOnce = (layer: Layer, event: TamedEvent): TamedEvent => {
  layer.lastTime = Math.max(Date.now(), layer.lastTime + 0.01)
  event.timestamp = layer.lastTime
  return event
}

const clampPixels = (value: number): number => Math.min(mostPixels, Math.max(1, Number.isFinite(value) ? value : 1))
