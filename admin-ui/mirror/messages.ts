/** Between the panel and the page in its frame that draws the mirror. Each side looks at the other's origin before it listens. */

/** `fresh`: they begin with a full snapshot. `service`: whose page it is. `asset`: of that service, for whatever names it. `forget`: all assets that were given. */
export type ToMirror =
  | { readonly kind: 'events'; readonly fresh: boolean; readonly service: string; readonly events: readonly unknown[] }
  | { readonly kind: 'asset'; readonly asset: { readonly service: string; readonly path: string; readonly data: string } }
  | { readonly kind: 'clear' }
  | { readonly kind: 'forget' }

/** `ready`: it listens. `drawn`: a picture stands, of so many CSS pixels of the technician's window. `broken`: these events cannot be drawn. */
export type FromMirror =
  | { readonly kind: 'ready' }
  | { readonly kind: 'drawn'; readonly width: number; readonly height: number }
  | { readonly kind: 'broken' }
