/**
 * What the operator sees of a technician's pages (mirror.md): the way of a recorder's events from the technician's browser to the panel. Everything
 * in them was said by a browser that the technician owns, and by pages of a machine: claims, never evidence.
 *
 * Browser to gateway: `wss://<origin of the service>/.sallyport/record`, one WebSocket a page (document). Text messages, each a {@link RecordedBatch}; the
 * gateway answers with {@link MirrorOrder}s.
 *
 * Gateway to agent: `POST /v1/sessions/{id}/mirror` with headers `sallyport-page` = id of the page and `sallyport-service` = whose page it is, one stream a WebSocket. Request body: the batches,
 * one a line (JSON, LF). Answer: 200 at once, then {@link MirrorOrder}s, one a line, until the page is gone. 404 without such a live session, 409 where
 * the customer does not want it, 429 for more than {@link mostPages} pages.
 */

/** Of one page: from the load of its document to the next. Random, 32 hex. */
export const pageIdPattern = /^[0-9a-f]{32}$/
export const pageHeader = 'sallyport-page'
export const pageServiceHeader = 'sallyport-service'
export const mostPages = 16
/** A line; a full snapshot of a large page has a megabyte. */
export const mostBatchBytes = 8 * 1024 * 1024

/**
 * How the customer lets the pages of a service be recorded: not at all, or with these of their fields masked where they are read: every one; those
 * that take free text; passwords alone. Passwords, one-time codes, card numbers and hidden fields are masked always.
 */
export const recordingModes = ['off', 'mask_all', 'mask_texts', 'mask_passwords'] as const
export type RecordingMode = (typeof recordingModes)[number]

export interface RecordedBatch {
  /** Events of `@rrweb/record`, in order. Their shapes are the recorder's: nobody on the way looks into them. */
  readonly events: readonly unknown[]
  /** In the first batch of a connection, which has no events, and in the first that has some. */
  readonly page?: { readonly url: string; readonly title: string; readonly width: number; readonly height: number }
}

/** `snapshot`: somebody begins to look and needs a full one. `stop`: nobody wants it; record nothing more. */
export type MirrorOrder = { readonly order: 'snapshot' } | { readonly order: 'stop' }

/**
 * Events of ours among those of the recorder (`{ type: 5, timestamp, data: { tag, payload } }`), where the picture lacks something. The first is the gateway's
 * own word, the one event of a page that could not be recorded; its page has no title and no size.
 */
export const unrecordedTag = 'sallyport.unrecorded'
export interface UnrecordedPayload {
  /**
   * Its policy gives it no origin (`sandbox`), its encoding has no ASCII, its compression is none that the gateway reads; `busy`: the gateway has too much to carry just now, and its
   * recorder comes back.
   */
  readonly reason: 'sandboxed' | 'charset' | 'coding' | 'busy'
}
/** In place of one event that a batch cannot hold; `payload.bytes` of JSON. */
export const tooLargeTag = 'sallyport.too_large'

/** What stands on a canvas, at most once a second: `payload.id` is the recorder's number of the element, `payload.data` a `data:image/webp` of it. */
export const canvasTag = 'sallyport.canvas'
