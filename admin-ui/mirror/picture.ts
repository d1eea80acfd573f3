import { Replayer } from '@rrweb/replay'
import { createAssetShelf, createPageAssets } from './asset-shelf.ts'
import type { AssetShelf, PageAssets } from './asset-shelf.ts'
import { holeRules } from './holes.ts'
import type { HoleWords } from './holes.ts'
import { createEventTamer } from './tame-events.ts'
import type { EventTamer, TamedEvent } from './tame-events.ts'

export interface Picture {
  /** Draws what happened; `fresh` events begin a new picture, and the old one stays until it stands. */
  show(events: readonly unknown[], fresh: boolean, service: string): void
  /** Something that a page may name. */
  put(asset: Parameters<AssetShelf['put']>[0]): void
  clear(): void
  /** Forgets what was put; what stands is left. */
  forget(): void
  /** The window has another size. */
  fit(): void
}

export interface PictureOptions {
  readonly root: HTMLElement
  readonly words: HoleWords
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
  readonly assets: PageAssets
  size: Size
  lastTime: number
}

const dressAfterMs = 60
const mostPixels = 10_000

export const createPicture = ({ root, words, onDrawn }: PictureOptions): Picture => {
  const shelf = createAssetShelf()
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
  const begin = (service: string): Layer => {
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
      insertStyleRules: holeRules(words),
    })
    const assets = createPageAssets((path) => shelf.find(service, path))
    const fresh: Layer = {
      element,
      replayer,
      assets,
      tamer: createEventTamer(assets),
      size: { width: 1024, height: 768 },
      lastTime: Date.now(),
    }
    replayer.on('resize', (given) => {
      const { width, height } = given as Size
      fresh.size = { width: clampPixels(width), height: clampPixels(height) }
      fitLayer(fresh)
    })
    replayer.on('fullsnapshot-rebuilded', () => {
      delete element.dataset['new']
      dress(fresh)
      fitLayer(fresh)
      for (const older of layers.slice(0, layers.indexOf(fresh))) remove(older)
      layers = layers.slice(layers.indexOf(fresh))
      onDrawn(fresh.size)
    })
    replayer.startLive(fresh.lastTime)
    layers.push(fresh)
    return fresh
  }
  let planned = false
  const dressSoon = (): void => {
    if (planned) return
    planned = true
    setTimeout(() => {
      planned = false
      if (layer !== null) dress(layer)
    }, dressAfterMs)
  }
  return {
    show: (events, fresh, service) => {
      if (fresh) layer = begin(service)
      if (layer === null) return
      for (const event of events) {
        const tamed = layer.tamer.tame(event)
        if (tamed !== null) layer.replayer.addEvent(atOnce(layer, tamed))
      }
      dressSoon()
    },
    put: (asset) => {
      shelf.put(asset)
      dressSoon()
    },
    clear: () => {
      for (const one of layers) remove(one)
      layers = []
      layer = null
    },
    forget: shelf.clear,
    fit: () => {
      if (layer !== null) fitLayer(layer)
    },
  }
}

/** Puts what came into its place: images by a change of their attribute, all else by a style sheet of ours. */
const dress = (layer: Layer): void => {
  const attributes = layer.assets.came()
  if (attributes.length > 0) {
    const data = { source: 0, texts: [], removes: [], adds: [], attributes }
    layer.replayer.addEvent(atOnce(layer, { type: 3, data, timestamp: 0 }))
  }
  const text = layer.assets.style()
  const page = layer.replayer.iframe.contentDocument
  if (page === null) return
  const frames = [...page.querySelectorAll('iframe')].map(({ contentDocument }) => contentDocument)
  for (const one of [page, ...frames]) if (one !== null) putStyle(one, text)
}

const putStyle = (page: Document, text: string): void => {
  const found = page.querySelector('style[data-sallyport-assets]')
  if (found?.textContent === text || page.documentElement === null) return
  const style = found ?? page.createElement('style')
  style.setAttribute('data-sallyport-assets', '')
  style.textContent = text
  if (found === null) page.documentElement.append(style)
}

/** When it was recorded is of no matter (and the technician's clock is his own): it is drawn now, in order. */
const atOnce = (layer: Layer, event: TamedEvent): TamedEvent => {
  layer.lastTime = Math.max(Date.now(), layer.lastTime + 0.01)
  event.timestamp = layer.lastTime
  return event
}

const clampPixels = (value: number): number => Math.min(mostPixels, Math.max(1, Number.isFinite(value) ? value : 1))
