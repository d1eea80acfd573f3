/** What the provider knows about one person. Facts for policy (regions, trainings, ...) are the gateway's. */
export interface Account {
  /** 32 hex, random, never given twice. */
  readonly sub: string
  readonly username: string
  readonly name: string
  readonly email: string | null
  readonly locale: Locale | null
  readonly status: AccountStatus
  /** Standard base64 of the SHA-256 of the photo's bytes. */
  readonly photoSha256: string | null
  readonly hasPassword: boolean
  /** Unix seconds, as all times here. */
  readonly createdAt: number
  readonly updatedAt: number
  readonly lastSignInAt: number | null
}

export type AccountStatus = 'active' | 'disabled'
export type Locale = 'de' | 'en'

/** Two user names are the same when their keys are. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase()
