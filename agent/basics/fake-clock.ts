import type { Clock, Timer } from './clock.ts'

/** A clock that tests move. `advance` fires what is due, in order of its time. */
export class FakeClock implements Clock {
  #nowMs: number
  #monotonicMs = 0
  #bootMs = 7_000
  #timers: { readonly dueAt: number; readonly run: () => void }[] = []

  constructor(nowMs = Date.UTC(2026, 10, 24, 6, 0, 0)) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  nowS(): number {
    return Math.floor(this.#nowMs / 1000)
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  bootMs(): number {
    return this.#bootMs
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { dueAt: this.#monotonicMs + Math.max(0, delayMs), run }
    this.#timers.push(timer)
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) }
  }

  /** Moves both clocks; timers fire on the way. */
  advance(ms: number): void {
    const end = this.#monotonicMs + ms
    for (;;) {
      const next = this.#timers.filter((timer) => timer.dueAt <= end).toSorted((a, b) => a.dueAt - b.dueAt)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#step(next.dueAt - this.#monotonicMs)
      next.run()
    }
    this.#step(end - this.#monotonicMs)
  }

  /** Sets the wall clock alone, as an administrator or a bad battery would. */
  jumpWallClock(ms: number): void {
    this.#nowMs += ms
  }

  /** The computer sleeps: this process is not there, and nobody's timer runs. */
  sleep(ms: number): void {
    this.#nowMs += ms
    this.#bootMs += ms
  }

  #step(ms: number): void {
    this.#monotonicMs += ms
    this.#bootMs += ms
    this.#nowMs += ms
  }
}
