import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { failed, ok, warning, type Finding } from './finding.ts'

export interface CertificateQuestion {
  readonly certFile: string
  readonly keyFile: string
  /** Names that browsers will ask for. */
  readonly names: readonly string[]
  readonly nowMs: number
}

const dayMs = 86_400_000
const soonDays = 14

/** The certificate of the public port: readable, with its key, valid now and for every name (RFC 6125). */
export async function checkCertificate({ certFile, keyFile, names, nowMs }: CertificateQuestion): Promise<Finding> {
  const check = 'certificate'
  const read = await Promise.allSettled([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
  const unreadable = [certFile, keyFile].filter((_, at) => read[at]?.status === 'rejected')
  if (unreadable.length > 0)
    return failed(check, `${unreadable.join(' and ')} cannot be read by this user.`, 'Set `public.tls` right, or let the user read it.')
  const [certPem = '', keyPem = ''] = read.map((file) => (file.status === 'fulfilled' ? file.value : ''))
  try {
    const certificate = new X509Certificate(certPem)
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem)))
      return failed(
        check,
        `The key in ${keyFile} is not that of the certificate in ${certFile}.`,
        'Name the two files that belong together.',
      )
    return judge(certificate, names, nowMs)
  } catch {
    return failed(check, `${certFile} or ${keyFile} is not a PEM file of a certificate and its key.`, 'Name PEM files, leaf first.')
  }
}

function judge(certificate: X509Certificate, names: readonly string[], nowMs: number): Finding {
  const check = 'certificate'
  const from = Date.parse(certificate.validFrom)
  const until = Date.parse(certificate.validTo)
  const renew = 'Renew it, then restart the gateway.'
  if (nowMs >= until) return failed(check, `It ran out on ${certificate.validTo}.`, renew)
  if (nowMs < from) return failed(check, `It is not valid before ${certificate.validFrom}.`, 'Look at the clock of this machine.')
  const missing = names.filter((name) => certificate.checkHost(name) === undefined)
  if (missing.length > 0)
    return failed(check, `It does not cover ${missing.join(', ')}.`, 'Get one with these names (a wildcard for the access domain).')
  const days = Math.floor((until - nowMs) / dayMs)
  return days < soonDays ? warning(check, `It runs out in ${days} days.`, renew) : ok(check, `It covers every name, for ${days} more days.`)
}
