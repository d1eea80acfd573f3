import { isCodedError } from '../../basics/coded-error.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { DeniedShare, PolicyRoom } from './policy-room.ts'

/** By ids: names are those of whoever reads it later. */
export interface TouchedSession {
  readonly session: string
  readonly person: string
  readonly machine: string
  /** Of the denials by which it ends. */
  readonly codes: readonly string[]
}

export interface SessionsImpact {
  readonly judged: number
  readonly limitsChanged: number
  readonly ending: readonly TouchedSession[]
}

/** What was known of an activation before it: kept with it for good. A half of it that could not be told is null. */
export interface ActivationImpact {
  readonly sessions: { readonly judged: number; readonly limitsChanged: number; readonly ending: number } | null
  /** The first of those that end. */
  readonly named: readonly TouchedSession[]
  readonly share: DeniedShare | null
}

/** Of the sessions that end, so many are kept one by one; beyond that they are counted. */
export const mostNamed = 100

export function impactFrom(share: DeniedShare | null, sessions: SessionsImpact | null): ActivationImpact | null {
  if (share === null && sessions === null) return null
  if (sessions === null) return { sessions: null, named: [], share }
  const { judged, limitsChanged, ending } = sessions
  return { sessions: { judged, limitsChanged, ending: ending.length }, named: ending.slice(0, mostNamed), share }
}

/** Never stands against the activation itself: what cannot be told is told as such. */
export async function sessionsImpactOf({ ports }: PolicyRoom, policy: CompiledPolicy): Promise<SessionsImpact | null> {
  try {
    return await ports.sessionsImpact(policy)
  } catch (error) {
    ports.logger.warn({ err: error }, 'what an activation means for open sessions could not be worked out; it is not kept with it')
    return null
  }
}

/** So long a way back waits for what it would deny: a page that showed it before has it at hand. */
export const rollBackWaitsMs = 3_000

/** Of a way back, which nothing may hold up for long. */
export async function impactInTime(room: PolicyRoom, policy: CompiledPolicy): Promise<ActivationImpact | null> {
  const { ports } = room
  const patience = Promise.withResolvers<null>()
  const timer = ports.clock.after(rollBackWaitsMs, () => patience.resolve(null))
  const share = ports.deniedShare(policy).catch((error: unknown) => {
    if (!isCodedError(error)) ports.logger.warn({ err: error }, 'what a way back would deny could not be worked out')
    return null
  })
  const known = await Promise.all([
    Promise.race([share, patience.promise]),
    Promise.race([sessionsImpactOf(room, policy), patience.promise]),
  ])
  timer.cancel()
  return impactFrom(...known)
}
