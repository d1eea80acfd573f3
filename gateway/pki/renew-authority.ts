import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { Random } from '../basics/random.ts'
import { readAuthorityFiles, readRootKey, replaceIssuing } from './authority-files.ts'
import { backdateMs } from './certificate-authority.ts'
import { createIssuing } from './create-authority.ts'

/**
 * Puts another issuing authority under the same root into the place of the one that is there. Machines trust the root. Those of before are let in
 * until their certificates run out, since the former authority's is kept, and each renewal is by the new one. A gateway takes it up at its next start.
 *
 * @returns when it ends, Unix milliseconds
 * @throws CodedError `no_authority`, `no_root_key`, `wrong_root_key`
 */
export async function renewAuthority(options: {
  readonly directory: string
  readonly trustDomain: string
  readonly clock: Clock
  readonly random: Random
}): Promise<number> {
  const { directory, trustDomain, clock, random } = options
  const files = await readAuthorityFiles(directory)
  if (files === undefined)
    throw refused('no_authority', `There is no certificate authority in ${directory}: a gateway makes it at its first start.`)
  const rootKeyPem = await readRootKey(directory)
  if (rootKeyPem === undefined)
    throw refused(
      'no_root_key',
      `Only the root can issue another authority. Put its key back as ${directory}/authority/root/root-key.pem, and take it away afterwards.`,
    )
  const root = new X509Certificate(files.rootPem)
  if (!root.checkPrivateKey(createPrivateKey(rootKeyPem)))
    throw refused('wrong_root_key', `${directory}/authority/root/root-key.pem is not the key of root.pem beside it.`)
  const made = await createIssuing({ trustDomain, nowMs: clock.nowMs() - backdateMs, random, root, rootKeyPem })
  await replaceIssuing(directory, made)
  return new X509Certificate(made.issuingPem).validToDate.getTime()
}

const refused = (code: string, message: string): CodedError => new CodedError({ code, message, remedy: 'fix' })
