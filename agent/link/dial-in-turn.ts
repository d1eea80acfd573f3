import type { TLSSocket } from 'node:tls'
import { AgentError } from '../basics/agent-error.ts'
import type { HostPort } from '../settings/agent-settings.ts'
import { strangerOf } from './explain-stranger.ts'

export interface DialledInTurn {
  readonly socket: TLSSocket
  readonly address: HostPort
}

export interface DialInTurnOptions {
  readonly addresses: readonly HostPort[]
  /** The first one that is tried; the list goes on at its beginning. */
  readonly from: number
  readonly dial: (address: HostPort, onReached: () => void) => Promise<TLSSocket>
  readonly signal: AbortSignal
}

/**
 * The first address where the gateway answers.
 *
 * @throws what the address failed with that says most: where somebody else answered, else where somebody took the connection, else the first
 */
export async function dialInTurn({ addresses, from, dial, signal }: DialInTurnOptions): Promise<DialledInTurn> {
  const failures: { readonly error: unknown; readonly reached: boolean }[] = []
  for (const address of [...addresses.slice(from), ...addresses.slice(0, from)]) {
    if (signal.aborted) throw new AgentError({ code: 'aborted', message: 'The agent ends.' })
    let reached = false
    try {
      // One after the other is what "in order" means.
      return { address, socket: await dial(address, () => (reached = true)) }
    } catch (error) {
      failures.push({ error, reached })
    }
  }
  const telling = failures.find(({ error }) => strangerOf(error) !== null) ?? failures.find(({ reached }) => reached) ?? failures[0]
  throw telling?.error
}
