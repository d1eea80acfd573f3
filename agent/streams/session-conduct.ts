/** How the operator lets a session go on, and everything that has to follow. */
export interface SessionConduct {
  /** No byte passes, either way; what is under way waits. */
  readonly paused: boolean
  /** What could change the machine does not pass. */
  readonly viewOnly: boolean
  /** Told after each change; gives back the way to stop. */
  follow(changed: () => void): () => void
  /** At once, or when it is paused no more. */
  whenOpen(run: () => void): void
}

export interface ConductSwitch extends SessionConduct {
  set(change: { readonly paused?: boolean; readonly viewOnly?: boolean }): void
}

export function createConduct(): ConductSwitch {
  const followers = new Set<() => void>()
  let paused = false
  let viewOnly = false
  const follow = (changed: () => void): (() => void) => {
    followers.add(changed)
    return () => followers.delete(changed)
  }
  return {
    get paused() {
      return paused
    },
    get viewOnly() {
      return viewOnly
    },
    follow,
    whenOpen: (run) => {
      if (!paused) return run()
      const stop = follow(() => {
        if (paused) return
        stop()
        run()
      })
    },
    set: (change) => {
      const before = { paused, viewOnly }
      paused = change.paused ?? paused
      viewOnly = change.viewOnly ?? viewOnly
      if (before.paused !== paused || before.viewOnly !== viewOnly) for (const changed of followers) changed()
    },
  }
}
