import type { PanelProblemCode } from './panel-api.ts'

/** What is wired to the machine beside the panel (panel-api.ts). Types only. */
export interface PanelHardware {
  readonly button: PanelWired | null
  readonly lamp: PanelWired | null
  readonly enabling:
    | (PanelWired & {
        readonly held: boolean
        /** It was held before the agent listened to it: it counts once it was let go. */
        readonly letGoFirst: boolean
      })
    | null
  /** Something that was chosen at a panel happens when the button is pressed now. */
  readonly awaiting: boolean
  /** The last press of the button came to nothing. */
  readonly refused: { readonly code: PanelProblemCode; readonly at: number } | null
}

export interface PanelWired {
  /** Null while it is there; else why not: `starting`, an error code, `exit_N` or a signal. */
  readonly gone: string | null
}
