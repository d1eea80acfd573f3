/** A page of a list. `after` is the cursor that the page before gave as `next`; opaque to callers. */
export interface PageRequest {
  /** 1 to 200. */
  readonly limit: number
  readonly after: string | null
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Cursor of the next page, or null at the end. */
  readonly next: string | null
}
