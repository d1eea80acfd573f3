import { failed, ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const check = 'clock'
const setIt = 'Set the clock of this machine right, and keep it so (timedatectl set-ntp true, or the time server of this network).'
/** Of the gateway's whole seconds and of the way. */
const warnMs = 5_000
/** Approvals are good for whole minutes: past this, some are refused as too old or from the future. */
const failMs = 60_000

/** This machine's clock against the gateway's `Date`. */
export function judgeClock(date: string | null, nowMs: number): Finding {
  const gatewayMs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(gatewayMs))
    return warning(check, 'It could not be compared: the gateway said no time.', 'Compare it with a clock that you trust.')
  // The gateway names the second that has begun.
  const apartMs = nowMs - (gatewayMs + 500)
  const seconds = Math.round(Math.abs(apartMs) / 1000)
  const what = `It is ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`} ${apartMs > 0 ? 'ahead of' : 'behind'} the gateway's.`
  if (Math.abs(apartMs) >= failMs) return failed(check, what, setIt)
  if (Math.abs(apartMs) >= warnMs) return warning(check, what, setIt)
  return ok(check, `It agrees with the gateway's (${new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z')}).`)
}
