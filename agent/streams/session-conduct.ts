/** How a session goes on, or one service of it, and everything that has to follow. */
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
  /** The operator's word. */
  set(change: { readonly paused?: boolean; readonly viewOnly?: boolean }): void
  /** A reason of its own beside that word: paused while any of them holds. */
  hold(held: boolean): void
}

/** `over`: what holds for this one too. */
export function createConduct(over: SessionConduct | null = null): ConductSwitch {
  const followers = new Set<() => void>()
  let own = { paused: false, viewOnly: false }
  let held = false
  const now = () => ({ paused: own.paused || held || over?.paused === true, viewOnly: own.viewOnly || over?.viewOnly === true })
  let said = now()
  const look = (): void => {
    const before = said
    said = now()
    if (before.paused !== said.paused || before.viewOnly !== said.viewOnly) for (const changed of followers) changed()
  }
  const follow = (changed: () => void): (() => void) => {
    followers.add(changed)
    return () => followers.delete(changed)
  }
  over?.follow(look)
  return {
    get paused() {
      return said.paused
    },
    get viewOnly() {
      return said.viewOnly
    },
    follow,
    whenOpen: (run) => {
      if (!said.paused) return run()
      const stop = follow(() => {
        if (said.paused) return
        stop()
        run()
      })
    },
    set: (change) => {
      own = { paused: change.paused ?? own.paused, viewOnly: change.viewOnly ?? own.viewOnly }
      look()
    },
    hold: (next) => {
      held = next
      look()
    },
  }
}
