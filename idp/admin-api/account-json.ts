import type { Account } from '../accounts/account.ts'

/** An account as the admin API shows it. */
export const accountJson = (account: Account): Record<string, unknown> => ({
  sub: account.sub,
  username: account.username,
  name: account.name,
  email: account.email,
  locale: account.locale,
  status: account.status,
  has_photo: account.photoSha256 !== null,
  photo_sha256: account.photoSha256,
  has_password: account.hasPassword,
  created_at: account.createdAt,
  updated_at: account.updatedAt,
  last_sign_in_at: account.lastSignInAt,
})
