import { canvasTag } from '../../agent/wire/mirror.ts'
import { natives } from './natives.ts'

/** What stands on a page's canvases, told while it changes. */
export interface CanvasPictures {
  /** A whole picture was told: so is every canvas, anew. */
  forget(): void
  stop(): void
}

export interface CanvasPicturesOptions {
  /** The recorder's number of an element, or -1. */
  readonly idOf: (canvas: HTMLCanvasElement) => number
  readonly emit: (event: object) => void
}

const everyMs = 1_000
/** A busy chart takes no more of the line than this, over time. */
const bytesPerMs = 10
const mostSide = 800
const mostPixels = 16_000_000
const mostBytes = 96 * 1024
const mostCanvases = 6

interface Seen {
  data: string
  nextAtMs: number
}

/** Copies are scaled down and told as WebP; what may not be read (another origin's pixels) or is too large stays a hole that is named in its place. */
export function watchCanvases({ idOf, emit }: CanvasPicturesOptions): CanvasPictures {
  let seen = new WeakMap<HTMLCanvasElement, Seen>()
  let isOver = false
  let copy = natives.canvas()

  const look = (): void => {
    if (isOver) return
    natives.later(() => natives.frame(() => void take()), everyMs)
  }
  const take = async (): Promise<void> => {
    try {
      if (!isOver && document.visibilityState === 'visible') for (const canvas of shownCanvases()) await tell(canvas)
    } catch {
      // The page does not hear of it.
    }
    look()
  }
  const tell = async (canvas: HTMLCanvasElement): Promise<void> => {
    const id = idOf(canvas)
    const known = seen.get(canvas) ?? { data: '', nextAtMs: 0 }
    const now = natives.now()
    if (id <= 0 || now < known.nextAtMs) return
    const data = await pictureOf(canvas)
    seen.set(canvas, known)
    known.nextAtMs = now + (data?.length ?? 0) / bytesPerMs
    if (data === null || data === known.data || isOver) return
    known.data = data
    emit({ type: 5, timestamp: Date.now(), data: { tag: canvasTag, payload: { id, data } } })
  }
  const pictureOf = async (canvas: HTMLCanvasElement): Promise<string | null> => {
    const { width, height } = canvas
    const scale = Math.min(1, mostSide / Math.max(width, height))
    copy.width = Math.max(1, Math.round(width * scale))
    copy.height = Math.max(1, Math.round(height * scale))
    try {
      natives.draw(copy, canvas)
      const blob = await natives.encode(copy)
      return blob === null || blob.size > mostBytes ? null : await natives.dataUrl(blob)
    } catch {
      // Pixels of another origin, which stay in the copy too.
      copy = natives.canvas()
      return null
    }
  }
  look()
  return {
    forget: () => void (seen = new WeakMap()),
    stop: () => void (isOver = true),
  }
}

function shownCanvases(): HTMLCanvasElement[] {
  const found: HTMLCanvasElement[] = []
  for (const canvas of natives.canvases()) {
    const { width, height } = canvas
    if (width === 0 || height === 0 || width * height > mostPixels) continue
    const { top, bottom, left, right } = canvas.getBoundingClientRect()
    if (bottom > 0 && right > 0 && top < innerHeight && left < innerWidth) found.push(canvas)
    if (found.length === mostCanvases) break
  }
  return found
}
