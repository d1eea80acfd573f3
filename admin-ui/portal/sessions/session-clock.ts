import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { useTick } from '../../look/use-tick.ts'

/** The gateway's clock, Unix milliseconds: counted on from when the answer came, so that a wrong clock of the browser does not matter. */
export const useGatewayClock = (session: Pick<Session, 'now'>, receivedAtMs: number): number =>
  session.now * 1000 + (useTick(500) - receivedAtMs)

/** The same for a list, whose pages came one after the other: the newest answer tells the time. */
export const useGatewayClockOf = (sessions: readonly Pick<Session, 'now'>[], receivedAtMs: number): number =>
  useGatewayClock({ now: sessions.reduce((latest, { now }) => Math.max(latest, now), 0) }, receivedAtMs)
