import { CodedError } from '../../basics/coded-error.ts'
import type { IdentityProvider } from '../../people/identity-provider.ts'

const jpegStart = Buffer.from([0xff, 0xd8, 0xff])

/** Accounts in memory, refusing what our own `idp` refuses as far as the API's routes can show it. */
export function fakeIdentityProvider(issuer: string): IdentityProvider & { readonly accounts: Map<string, { name: string }> } {
  const accounts = new Map<string, { name: string }>()
  const photos = new Map<string, Buffer>()
  const link = { url: `${issuer}/setup/once`, expiresAt: 2_000_000_000 }
  return {
    issuer,
    accounts,
    createAccount: async ({ username, name }) => {
      if (accounts.has(username)) throw new CodedError({ code: 'username_taken', message: 'This user name is taken.', remedy: 'conflict' })
      accounts.set(username, { name })
      return { subject: username, setupLink: link }
    },
    changeAccount: async () => {},
    newSetupLink: async () => link,
    photo: async (subject) => photos.get(subject) ?? null,
    putPhoto: async (subject, jpeg) => {
      if (!jpeg.subarray(0, 3).equals(jpegStart)) throw new CodedError({ code: 'not_a_jpeg', message: 'This is no JPEG.', remedy: 'fix' })
      photos.set(subject, jpeg)
    },
    deletePhoto: async (subject) => void photos.delete(subject),
    changes: async () => [],
  }
}
