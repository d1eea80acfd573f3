/**
 * What the operator sees of a technician's pages (mirror.md): the way of a recorder's events from the technician's browser to the panel. Everything
 * in them was said by a browser that the technician owns, and by pages of a machine: claims, never evidence.
 *
 * Browser to gateway: `wss://<origin of the service>/.sallyport/record`, one WebSocket a page (document). Text messages, each a {@link RecordedBatch}; the
 * gateway answers with {@link MirrorOrder}s.
 *
 * Gateway to agent: `POST /v1/sessions/{id}/mirror` with header `sallyport-page` = id of the page, one stream a WebSocket. Request body: the batches,
 * one a line (JSON, LF). Answer: 200 at once, then {@link MirrorOrder}s, one a line, until the page is gone. 404 without such a live session, 409 where
 * the customer does not want it, 429 for more than {@link mostPages} pages.
 */

/** Of one page: from the load of its document to the next. Random, 32 hex. */
export const pageIdPattern = /^[0-9a-f]{32}$/
export const pageHeader = 'sallyport-page'
export const mostPages = 16
/** A line; a full snapshot of a large page has a megabyte. */
export const mostBatchBytes = 8 * 1024 * 1024

export interface RecordedBatch {
  /** Events of `@rrweb/record`, in order. Their shapes are the recorder's: nobody on the way looks into them. */
  readonly events: readonly unknown[]
  /** Only in the first batch of a page. */
  readonly page?: { readonly url: string; readonly title: string; readonly width: number; readonly height: number }
}

/** `snapshot`: somebody begins to look and needs a full one. `stop`: nobody wants it; record nothing more. */
export type MirrorOrder = { readonly order: 'snapshot' } | { readonly order: 'stop' }
