/** What the technician's bar says of his session. Instants are Unix seconds, but where a name says `ms`. */
export interface BarView {
  readonly session: string
  /** `requested`, `awaiting_approval`, `approved`, `open` or `ended`. */
  readonly state: string
  readonly machine: { readonly name: string; readonly site: string; readonly online: boolean }
  /** For people: "Operating panel". */
  readonly service: string
  /** Who let him in; null where nobody had to. */
  readonly operator: string | null
  /** Whether an operator's panel is connected to the machine; null: not known, its tunnel is gone. */
  readonly panel: boolean | null
  /** Pages of the session are recorded now. False also where the customer does not want it, and while all of them are pages that cannot be recorded. */
  readonly recorded: boolean
  /** Somebody at the machine has these pages before him now. */
  readonly watched: boolean
  readonly expires_at: number | null
  readonly conduct: {
    readonly paused: boolean
    readonly view_only: boolean
    readonly held: 'pin' | 'enabling' | null
    readonly by: string | null
  }
  readonly messages: readonly {
    readonly n: number
    readonly time_ms: number
    readonly from: 'operator' | 'technician'
    readonly name: string | null
    readonly text: string
  }[]
  /** Set while the tunnel is gone and the session survives the gap. */
  readonly tunnel_lost_at: number | null
  readonly end_reason: string | null
  readonly ended_by: string | null
  /** Origin of the machine's page. */
  readonly page_origin: string
  /** The session's page in the portal. */
  readonly portal_url: string
  /** The gateway's clock, Unix milliseconds: a countdown does not depend on the browser's. */
  readonly now_ms: number
}

/** Events of `GET /api/state` (server-sent): `state` with a {@link BarView}; `beat` with `{}` each 10 s; `signed_out` with `{}`, the last one. */
export const beatMs = 10_000
