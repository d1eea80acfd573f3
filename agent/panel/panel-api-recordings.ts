import type { PanelMirrorAsset, PanelMirrorPages, PanelMirrorRequest } from './panel-api-mirror.ts'
import type { PanelRefusal } from './panel-api-refusal.ts'

/** What this machine recorded of its sessions (panel-api.ts). Types only. */

/** Of a session of the history; `kept`: there to be replayed. */
export interface PanelRecording {
  readonly state: 'recording' | 'kept' | 'deleted' | 'expired' | 'lost'
  /** Of the file. */
  readonly bytes: number
  /** Why it ended before its session did, or null. */
  readonly stopped: PanelRecordingStop | null
  /** Who said that it has to stay: beyond its days, and before newer ones; or null. */
  readonly protected_by: string | null
  /** Who deleted it, and when (Unix milliseconds). */
  readonly by: string | null
  readonly at: number | null
}

/**
 * The disk has no room; recordings that may not go fill what may be kept; the disk is slower than what happens; the recording is as large as one may be;
 * anything else.
 */
export type PanelRecordingStop = 'disk_full' | 'no_room' | 'too_slow' | 'too_large' | 'broken'

/** Of the session that lives. `off`: the customer's setting. */
export interface PanelRecordingNow {
  readonly state: 'on' | 'off' | 'stopped'
  readonly stopped: PanelRecordingStop | null
}

/** `GET /api/recordings/{session}/{part}`; the first part is 0. About a megabyte. */
export interface RecordingPartBody {
  readonly entries: readonly RecordedEntry[]
  /** The next part, or null at the end. */
  readonly next: number | null
  /** As in `PanelMirrorBegin`. */
  readonly port: number
}

/** `at`: Unix milliseconds, never falling. The order is that in which it happened. */
export type RecordedEntry = { readonly at: number } & (
  | RecordedBegin
  /** Whenever they change. */
  | { readonly kind: 'pages'; readonly pages: PanelMirrorPages }
  | RecordedPageBatch
  | RecordedAsset
  /** When it was over and judged; its own `at` is earlier. */
  | { readonly kind: 'request'; readonly request: PanelMirrorRequest }
  /** What the agent refused the gateway meanwhile; each kind again when it happened again. */
  | { readonly kind: 'refused'; readonly refused: PanelRefusal }
  /** How the session went on: at its start, and whenever it changes. */
  | RecordedConduct
  | { readonly kind: 'end' }
)

export interface RecordedBegin {
  readonly kind: 'begin'
  /** Of the format. */
  readonly v: 1
  readonly session: string
  readonly technician: { readonly id: string; readonly name: string; readonly organisation: string }
  readonly purpose: string
  readonly ticket: string | null
}

/** As `PanelMirrorBatch`. */
export interface RecordedPageBatch {
  readonly kind: 'batch'
  readonly page: string
  readonly n: number
  readonly fresh: boolean
  readonly batch: { readonly events: readonly unknown[] }
}

/** Before what names it, or after. */
export type RecordedAsset =
  | { readonly kind: 'asset'; readonly asset: PanelMirrorAsset }
  /** There stands from now on what the `of`-th entry of the kind `asset` told, counted from 0; null: something that was too much to be recorded. */
  | { readonly kind: 'asset_at'; readonly service: string; readonly path: string; readonly of: number | null }

export interface RecordedConduct {
  readonly kind: 'conduct'
  /** Titles. */
  readonly services: readonly string[]
  readonly paused: boolean
  readonly view_only: boolean
  /** Unix seconds. */
  readonly expires_at: number
}

export interface ProtectRecordingBody {
  readonly protected: boolean
  /** One of `operators`; for false as in {@link DeleteRecordingBody}. */
  readonly operator: string
  readonly pin?: string
}

export interface DeleteRecordingBody {
  /** One of `operators`, who may loosen; any where the site has no PINs, while nobody is in. */
  readonly operator: string
  readonly pin?: string
}
