import type { PanelChatMessage, PanelMode } from './panel-api-state.ts'

/** What the panel sends (panel-api.ts). Types only. */

export interface PairAnswer {
  /** Keep it in `localStorage`; goes into the header `sallyport-panel`. */
  readonly secret: string
}

export interface ApproveBody {
  /** `digest` of the request that the operator saw: another one in its place is not approved by this press. */
  readonly digest: string
  /** One of `operators`. */
  readonly operator: string
  /** His, where {@link PanelState.pins} is true; not looked at otherwise. */
  readonly pin?: string
  /** Fewer than asked for; all of them when absent. Never more. */
  readonly services?: readonly string[]
  /** Shorter than asked for. */
  readonly duration_s?: number
}

export interface RefuseBody {
  /** One of `operators`, or null. */
  readonly operator: string | null
  /** `not_now`: 10 minutes of quiet from this technician; `not_today`: until local midnight. */
  readonly how: 'refused' | 'not_now' | 'not_today'
}

export interface EndBody {
  readonly operator: string | null
}

export interface ChatBody {
  /** One line, at most 1,000 characters. */
  readonly text: string
  /** One of `operators`, or null. */
  readonly operator: string | null
}

export interface ChatAnswerBody {
  /** Oldest first, at most 500. */
  readonly messages: readonly PanelChatMessage[]
}

export interface ConductBody {
  /** True is stricter and needs no PIN; false takes it back. */
  readonly paused?: boolean
  readonly view_only?: boolean
  /** The session that somebody saw when he took it back: no other one goes on by it. */
  readonly session?: string
  /** One of `operators`; null will do for what is stricter. */
  readonly operator: string | null
  /** As in {@link ApproveBody}, for taking back. */
  readonly pin?: string
}

/** Stricter takes any operator; looser the PIN of one who may loosen. */
export interface ModeBody {
  readonly mode: PanelMode['name']
  /** With `reconnect`: 1 to 1440. */
  readonly minutes?: number
  readonly operator: string
  readonly pin?: string
}

export interface WindowBody {
  /** Id of one of `known`. */
  readonly technician: string
  readonly services: readonly string[]
  /** Unix milliseconds; at most 14 days, within 90. */
  readonly from: number
  readonly until: number
  readonly operator: string
  readonly pin?: string
}

export interface HelpBody {
  /** One line, at most 500 characters. */
  readonly what: string
  /** At most 64 characters. */
  readonly ticket: string | null
  readonly services: readonly string[]
  readonly operator: string
  /** 1 to 480: for so long whom the gateway sends comes in without a press. Absent: by a press alone. */
  readonly let_in_minutes?: number
  /** With `let_in_minutes`, as in {@link ApproveBody}. */
  readonly pin?: string
}

export interface WithdrawBody {
  readonly operator: string
}

export interface TypingBody {
  /** The field for the PIN opens, or is closed. */
  readonly on: boolean
  /** Tells fields apart that are open at once, as at two panels; at most 64 characters. */
  readonly where?: string
}

export interface SwitchBody {
  readonly enabled: boolean
  /** One of `operators`. */
  readonly operator: string
  /** For switching on, as in {@link ApproveBody}. */
  readonly pin?: string
}
