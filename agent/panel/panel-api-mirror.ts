/** `GET /api/mirror` (panel-api.ts): `text/event-stream`, to be read with `fetch`. Types only. */

/** `event: begin`, once. */
export interface PanelMirrorBegin {
  /** The customer's setting. */
  readonly wanted: boolean
  /** Of the listener that serves the page that draws the picture; on the same host as the panel. */
  readonly port: number
}

/** `event: pages`: at once and whenever they change; the oldest first. */
export type PanelMirrorPages = readonly PanelMirrorPage[]

export interface PanelMirrorPage {
  /** 32 hex. */
  readonly id: string
  /** Name of the service whose page it is. */
  readonly service: string
  /** Unix milliseconds. */
  readonly opened_at: number
  /** As the page says; null before it did. Not to be trusted, as all that a page tells. */
  readonly told: { readonly url: string; readonly title: string; readonly width: number; readonly height: number } | null
  /** What the picture lacks: all of it, since the page cannot be recorded (`sandboxed`, `charset`, `coding`; `busy`: just now), or something `too_large`; or null. */
  readonly hole: 'sandboxed' | 'charset' | 'coding' | 'busy' | 'too_large' | null
}

/** `event: batch`. A reader that fell behind finds a later `fresh` one: nothing is held for it. */
export interface PanelMirrorBatch {
  readonly page: string
  /** Counts the batches of a page. */
  readonly n: number
  /** Unix milliseconds, on the agent's clock. */
  readonly at: number
  /** Begins with a full snapshot: whatever came before of this page means nothing any more. */
  readonly fresh: boolean
  readonly batch: { readonly events: readonly unknown[] }
}

/** `event: request`: what the agent itself forwarded. Comes again, with the same `n`, when it changed. */
export interface PanelMirrorRequest {
  readonly n: number
  readonly at: number
  /** Title of the service. */
  readonly service: string
  readonly method: string
  readonly path: string
  /** Null while there is none, and where the service gave none. */
  readonly status: number | null
  readonly bytes_up: number
  readonly bytes_down: number
  readonly done: boolean
  /** The name under which the technician's browser saves the answer; null: it does not. Not in recordings of earlier versions. */
  readonly file?: string | null
  /** `reads`: GET or HEAD. `unexplained`: changes something, and no page told of an act that could have made it. `open`: that may still come. `unjudged`: pages are not mirrored. */
  readonly verdict: 'reads' | 'explained' | 'unexplained' | 'open' | 'unjudged'
}

export interface PanelAskedService {
  readonly name: string
  readonly title: string
  /** Its pages are mirrored to this panel; null: it has none. */
  readonly recorded: boolean | null
  /** The session ends when its pages are not recorded. */
  readonly record_demanded: boolean
  /** It stands still at a request that changes something and that no act explains. */
  readonly pauses: boolean
}

/** Of a request that changes something and that no act explains. */
export interface PanelPausedAt {
  /** Title of the service. */
  readonly service: string
  readonly method: string
  readonly path: string
  /** Unix milliseconds. */
  readonly at: number
}

/** `event: asset`: a picture or a font that passed through the agent in this session, for whatever names it. Comes again when it changed. */
export interface PanelMirrorAsset {
  readonly service: string
  /** Path and query. */
  readonly path: string
  /** `data:` of a raster image, an SVG or a WOFF2 font, whatever the service called it. */
  readonly data: string
}
