import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { errorCode } from '../../basics/agent-error.ts'
import type { AgentSettings } from '../../settings/agent-settings.ts'
import { failed, ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const dayMs = 86_400_000
const soonDays = 30
const check = 'authority'
const fetchIt = 'Take ca.pem from the portal, under Devices, and name it in gateway.caFile.'

/** The authorities that the agent trusts, and no others. */
export async function checkTrust({ gateway: { caFile } }: AgentSettings, nowMs: number): Promise<Finding> {
  try {
    const pem = await readFile(caFile, 'utf8')
    const found = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one))
    if (found.length === 0) return failed(check, `${caFile} holds no certificate in PEM.`, fetchIt)
    const endMs = Math.max(...found.map((one) => one.validToDate.getTime()))
    const end = new Date(endMs).toISOString()
    if (endMs <= nowMs) return failed(check, `What ${caFile} holds ran out on ${end}.`, fetchIt)
    const days = Math.floor((endMs - nowMs) / dayMs)
    return days < soonDays ? warning(check, `${caFile} ends in ${days} days.`, fetchIt) : ok(check, `${caFile} is good until ${end}.`)
  } catch (error) {
    return failed(check, `${caFile} cannot be read (${errorCode(error)}).`, fetchIt)
  }
}
