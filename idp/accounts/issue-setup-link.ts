import { CodedError } from '../../gateway/basics/coded-error.ts'
import { accountNotFound } from './account-errors.ts'
import type { CredentialStore } from './account-store.ts'
import type { AccountWork } from './create-account.ts'
import { newSetupLink } from './setup-link.ts'

/** A new one-time link by which the person sets a (new) password; the one before is void. @throws account_not_found, account_disabled */
export async function issueSetupLink(
  sub: string,
  { accounts, credentials, random, nowS, issuer }: AccountWork & { readonly credentials: CredentialStore },
): Promise<{ readonly setupUrl: string; readonly setupExpiresAt: number }> {
  const account = await accounts.find(sub)
  if (account === undefined) throw accountNotFound()
  if (account.status === 'disabled') {
    throw new CodedError({
      code: 'account_disabled',
      message: 'The account is disabled. Enable it before a link is made.',
      remedy: 'conflict',
    })
  }
  const { url, link } = newSetupLink({ random, nowS: nowS(), issuer })
  await credentials.putSetupLink(sub, link)
  return { setupUrl: url, setupExpiresAt: link.expiresAt }
}
