import { AgentError } from '../basics/agent-error.ts'
import type { HostPort } from '../settings/agent-settings.ts'
import { strangerOf } from './explain-stranger.ts'

export interface TryInTurnOptions<T> {
  readonly addresses: readonly HostPort[]
  /** The first one that is tried; the list goes on at its beginning. */
  readonly from: number
  readonly attempt: (address: HostPort, onReached: () => void) => Promise<T>
  /** The gateway has decided: another of its addresses would say the same. */
  readonly isAnswer?: (error: unknown) => boolean
  readonly signal: AbortSignal
}

/**
 * What came of the first address where the gateway answers.
 *
 * @throws an answer that is none to be got over, at once; else what the address failed with that says most: where somebody else answered, else
 *   where somebody took the connection, else the first
 */
export async function tryInTurn<T>(options: TryInTurnOptions<T>): Promise<{ readonly value: T; readonly address: HostPort }> {
  const { addresses, from, attempt, isAnswer = () => false, signal } = options
  const failures: { readonly error: unknown; readonly reached: boolean }[] = []
  for (const address of [...addresses.slice(from), ...addresses.slice(0, from)]) {
    if (signal.aborted) throw new AgentError({ code: 'aborted', message: 'The agent ends.' })
    let reached = false
    try {
      // One after the other is what "in order" means.
      return { address, value: await attempt(address, () => (reached = true)) }
    } catch (error) {
      if (isAnswer(error)) throw error
      failures.push({ error, reached })
    }
  }
  const telling = failures.find(({ error }) => strangerOf(error) !== null) ?? failures.find(({ reached }) => reached) ?? failures[0]
  throw telling?.error
}
