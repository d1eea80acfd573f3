import type { Clock } from './basics/clock.ts'
import type { Running } from './basics/lifecycle.ts'

/** What can be ended, in whole or in part. */
export interface Ending {
  drain?(): Promise<void>
  close?(): void | Promise<void>
}

/** Everything that was started, to be ended together. What started last is closed first. */
export interface EndInOrder extends Running {
  keep<Part extends Ending>(part: Part): Part
  /** Takes requests: it drains before everything else, because one that is under way still needs its tunnel and the store. */
  keepDoor<Part extends Ending>(part: Part): Part
}

/** For what browsers send and receive when the gateway is told to end; then it is cut, so that what follows has its time too. */
const doorsDrainMs = 2_000

export function endInOrder(clock: Clock): EndInOrder {
  const parts: (Running & { readonly isDoor: boolean })[] = []
  const keep = <Part extends Ending>(part: Part, isDoor: boolean): Part => {
    parts.unshift({ isDoor, drain: async () => part.drain?.(), close: async () => part.close?.() })
    return part
  }
  const drainAll = (which: boolean): Promise<void> =>
    allOf(parts.filter(({ isDoor }) => isDoor === which).map((part) => () => part.drain()))
  return {
    keep: (part) => keep(part, false),
    keepDoor: (part) => keep(part, true),
    async drain() {
      const patience = new Promise<void>((resolve) => clock.after(doorsDrainMs, resolve))
      await inTurn([() => Promise.race([drainAll(true), patience]), () => drainAll(false)])
    },
    close: () => inTurn(parts.splice(0).map((part) => () => part.close())),
  }
}

/** One after the other. What fails keeps nobody from his turn. @throws the first failure, when all had theirs */
async function inTurn(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/** The same, all at once. */
async function allOf(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failed = (await Promise.allSettled(steps.map((step) => step()))).find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
