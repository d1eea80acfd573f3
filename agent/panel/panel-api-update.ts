/** Newer versions of the agent, as the panel shows them (panel-api.ts). Types only. */

export interface PanelUpdates {
  /** Whose signatures this agent takes. `none`: it was built without keys and takes no update. `development`: keys that lie on a developer's disk. */
  readonly keys: 'pinned' | 'development' | 'none'
  /** `standing`: what is signed is installed as soon as nobody is in the machine (`updates.consent` in `agent.json`). */
  readonly consent: 'ask' | 'standing'
  /** What was laid down with `sallyport-agent update`, or null. */
  readonly offer: PanelUpdateOffer | null
  /** How the last one went, or null. */
  readonly last: PanelUpdateOutcome | null
}

export interface PanelUpdateOffer {
  /** Of the program: what is agreed to. */
  readonly sha256: string
  readonly version: string
  /** The version that runs. */
  readonly from: string
  /** Names of the keys that signed it. */
  readonly signers: readonly string[]
  /** Paragraphs; where one language has none the other is shown. */
  readonly news: { readonly en: readonly string[]; readonly de: readonly string[] }
  readonly state: 'offered' | 'agreed' | 'installing'
  /** With `agreed`: who; null: nobody had to. */
  readonly by: string | null
  /** With `agreed`: what it waits for. `offline`: it begins only while the gateway is reached, which it then has to reach itself. */
  readonly waits: 'session' | 'request' | 'offline' | null
}

export interface PanelUpdateOutcome {
  readonly what: 'installed' | 'rolled_back' | 'rejected' | 'declined'
  readonly version: string
  readonly from: string
  /** `crashed`, `not_reached`, `interrupted`, `cannot_run`, or the code of what was wrong with the file; null with `installed` and `declined`. */
  readonly reason: string | null
  readonly at: number
}

export interface UpdateBody {
  /** Of the offer that the operator saw. */
  readonly sha256: string
  /** False takes it away. */
  readonly agree: boolean
  /** One of `operators`. */
  readonly operator: string
  /** To agree: the PIN of one who may loosen, where the site has PINs. */
  readonly pin?: string
}
