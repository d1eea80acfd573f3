/** What one look at the machine found. */
export interface Finding {
  /** What was looked at, like `clock`. Stable, for programs. */
  readonly check: string
  /** `warning`: it works, but not for long or not in every case. */
  readonly state: 'ok' | 'warning' | 'failed'
  /** A sentence that says what is so. */
  readonly what: string
  /** What to do about it; null where nothing is to be done. */
  readonly fix: string | null
}

export const ok = (check: string, what: string): Finding => ({ check, state: 'ok', what, fix: null })
export const warning = (check: string, what: string, fix: string): Finding => ({ check, state: 'warning', what, fix })
export const failed = (check: string, what: string, fix: string): Finding => ({ check, state: 'failed', what, fix })
