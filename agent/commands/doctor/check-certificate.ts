import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../../basics/agent-error.ts'
import { spiffeIdOf } from '../../enrolment/stored-credential.ts'
import type { AgentSettings } from '../../settings/agent-settings.ts'
import { failed, ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const dayMs = 86_400_000
const check = 'certificate'
const anew =
  'Let the service administrator make a new one-time password in the portal, under Devices; put it where `enrolment` in agent.json says.'

/** The certificate that the machine shows to the gateway: its own, and how long it is good. */
export async function checkCertificate(settings: AgentSettings, nowMs: number): Promise<Finding> {
  const path = join(settings.stateDir, 'device.crt')
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(await readFile(path))
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return await notYet(settings)
    if (code === 'EACCES') return failed(check, `${path} cannot be read by this user.`, 'Run this as the user of the agent, or as root.')
    return failed(check, `${path} is no certificate in PEM.`, `Remove it: the agent then enrols anew. ${anew}`)
  }
  const own = `URI:${spiffeIdOf(settings)}`
  if (certificate.subjectAltName !== own)
    return failed(
      check,
      `It is for ${certificate.subjectAltName ?? 'nobody'}, not for ${own}.`,
      'Set device.id and gateway.trustDomain right, or remove the certificate and enrol with a new one-time password.',
    )
  return judgeTime(certificate.validFromDate.getTime(), certificate.validToDate.getTime(), nowMs)
}

function judgeTime(fromMs: number, toMs: number, nowMs: number): Finding {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()]
  if (nowMs >= toMs)
    return failed(
      check,
      `It ran out on ${to}.`,
      `Where the clock is right: leave the agent running. It renews by its key, or its panel shows a code for an administrator to confirm in the portal, under Devices. Where it is refused: ${anew}`,
    )
  if (nowMs < fromMs) return failed(check, `It is not valid before ${from}.`, 'Set the clock of this machine right.')
  const hours = Math.floor((toMs - nowMs) / 3_600_000)
  const left = hours >= 72 ? `${Math.floor((toMs - nowMs) / dayMs)} days` : `${hours} hours`
  // Renewed at two thirds of its life: past five sixths, half of the time for that is gone.
  return nowMs < fromMs + ((toMs - fromMs) * 5) / 6
    ? ok(check, `It is good until ${to} (${left}).`)
    : warning(
        check,
        `It ends in ${left}, on ${to}, and should have been renewed by now.`,
        'See what the agent says about the renewal; it needs the way to gateway.est.',
      )
}

async function notYet({ enrolment, stateDir }: AgentSettings): Promise<Finding> {
  const none = `There is none in ${stateDir} yet`
  if (enrolment === null) return failed(check, `${none}, and agent.json has no one-time password.`, anew)
  if ('password' in enrolment) return ok(check, `${none}: the agent enrols with its one-time password.`)
  const text = await readFile(enrolment.passwordFile, 'utf8').catch(() => null)
  if (text === null) return failed(check, `${none}, and ${enrolment.passwordFile} cannot be read.`, anew)
  if (text.trim() === '') return failed(check, `${none}, and ${enrolment.passwordFile} is empty.`, anew)
  return ok(check, `${none}: the agent enrols with its one-time password.`)
}
