import { X509Certificate } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, ok, warning, type Finding } from './finding.ts'

const soonMs = 90 * 86_400_000

/** The authority that machines trust: there, valid, and its root key in a safe place. */
export async function checkAuthority(dataDir: string, nowMs: number): Promise<Finding> {
  const check = 'authority'
  const directory = join(dataDir, 'pki', 'authority')
  try {
    const issuing = new X509Certificate(await readFile(join(directory, 'issuing.pem'), 'utf8'))
    const until = Date.parse(issuing.validTo)
    if (nowMs >= until) return failed(check, `Its issuing certificate ran out on ${issuing.validTo}.`, 'Renew it with the root key.')
    if (nowMs < Date.parse(issuing.validFrom))
      return failed(check, `By the clock of this machine it is not valid before ${issuing.validFrom}.`, 'Set the clock (NTP).')
    if (until - nowMs < soonMs)
      return warning(check, `Its issuing certificate runs out on ${issuing.validTo}.`, 'Renew it with the root key.')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return code === 'ENOENT'
      ? ok(check, 'It is made at the first start.')
      : failed(check, `${directory} cannot be read (${code || 'not a certificate'}).`, 'Restore it from a backup: machines trust no other.')
  }
  const rootKey = join(directory, 'root', 'root-key.pem')
  const rootIsHere = await access(rootKey).then(
    () => true,
    () => false,
  )
  return rootIsHere
    ? warning(check, `The root key lies on this machine (${rootKey}).`, 'Move its folder to a safe place; the gateway does not need it.')
    : ok(check, 'It is valid, and its root key is not on this machine.')
}
