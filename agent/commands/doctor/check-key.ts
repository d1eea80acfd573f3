import { access } from 'node:fs/promises'
import { keyFile } from '../../enrolment/device-key.ts'
import { isEncrypted } from '../../enrolment/encrypt-key.ts'
import { readFileIfThere } from '../../state/atomic-file.ts'
import { ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const check = 'key'

/** How the machine's private key is kept. @param credential the file that systemd gives the service its secret from */
export async function checkKey(stateDir: string, credential: string): Promise<Finding> {
  const path = keyFile(stateDir)
  const text = await readFileIfThere(path).catch(() => undefined)
  if (text === undefined) return warning(check, `${path} cannot be read by this user.`, 'Run this as the user of the agent, or as root.')
  if (text === null) return ok(check, 'It is made when the agent enrols.')
  if (!isEncrypted(text))
    return ok(check, `${path} is a file for its user alone; the service of a systemd of version 250 or newer encrypts it.`)
  const isThere = await access(credential).then(
    () => true,
    () => false,
  )
  return isThere
    ? ok(check, `${path} is encrypted with a credential that systemd gives to the service alone.`)
    : warning(
        check,
        `${path} is encrypted, and ${credential}, the credential that opens it, is not there or not to be seen by this user.`,
        'Ask as root. If it is lost, so is the key: remove it, let the service administrator make a new one-time password, and enrol again.',
      )
}
