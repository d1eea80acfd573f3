import { CodedError } from '../../basics/coded-error.ts'
import type { IdentityProvider, ProviderAccount } from '../../people/identity-provider.ts'

/** Accounts in memory: what the API's routes ask of a provider, beyond which the real one is used in the journeys. */
export function fakeIdentityProvider(issuer: string): IdentityProvider {
  const accounts = new Map<string, ProviderAccount>()
  const photos = new Map<string, Buffer>()
  const link = { url: `${issuer}/setup/once`, expiresAt: 2_000_000_000 }
  const demand = (subject: string): ProviderAccount => {
    const account = accounts.get(subject)
    if (account !== undefined) return account
    throw new CodedError({ code: 'account_unknown', message: 'There is no such account.', remedy: 'not_found' })
  }
  return {
    issuer,
    async createAccount({ username, name }) {
      if (accounts.has(username)) throw new CodedError({ code: 'username_taken', message: 'This user name is taken.', remedy: 'conflict' })
      const account: ProviderAccount = { subject: username, username, name, status: 'disabled', photoSha256: null, used: false }
      accounts.set(username, account)
      return { account, setupLink: link }
    },
    async changeAccount(subject, change) {
      const changed = { ...demand(subject), ...change }
      accounts.set(subject, changed)
      return changed
    },
    account: async (subject) => demand(subject),
    findAccount: async (username) => accounts.get(username.toLowerCase()),
    accounts: async () => ({ items: [...accounts.values()], next: null }),
    newSetupLink: async () => link,
    photo: async (subject) => photos.get(subject) ?? null,
    putPhoto: async (subject, jpeg) => void photos.set(subject, jpeg),
    deletePhoto: async (subject) => void photos.delete(subject),
    changes: async () => ({ changes: [], last: 0 }),
  }
}
