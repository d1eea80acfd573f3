import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { useTick } from '../../look/use-tick.ts'

/** The gateway's clock, Unix milliseconds: counted on from when the answer came, so that a wrong clock of the browser does not matter. */
export const useGatewayClock = (session: Pick<Session, 'now'>, receivedAtMs: number): number =>
  session.now * 1000 + (useTick(500) - receivedAtMs)
