/** What everything that starts gives back. `drain` takes nothing new and lets work finish; `close` ends it; both may be called twice. */
export interface Running {
  drain(): Promise<void>
  close(): Promise<void>
}
