import { z } from 'zod'
import { callIdp, parseJson, unreachable, type Call, type IdpAdminDoor } from './call-idp.ts'
import type { IdentityProvider, ProviderAccount } from './identity-provider.ts'

const accountSchema = z
  .object({
    sub: z.string().min(1).max(255),
    username: z.string(),
    name: z.string(),
    status: z.enum(['active', 'disabled']),
    photo_sha256: z.string().nullable(),
    has_password: z.boolean(),
    last_sign_in_at: z.int().nullable(),
  })
  .transform((account): ProviderAccount => ({
    subject: account.sub,
    username: account.username,
    name: account.name,
    status: account.status,
    photoSha256: account.photo_sha256,
    used: account.has_password || account.last_sign_in_at !== null,
  }))
const accountsSchema = z.object({ items: z.array(accountSchema), next: z.string().nullable() })
const linkSchema = z.object({ setup_url: z.string(), setup_expires_at: z.int() })
const createdSchema = linkSchema.extend({ account: accountSchema })
const feedSchema = z.object({
  changes: z.array(
    z.object({
      n: z.int(),
      time: z.int(),
      type: z.enum(['account.created', 'account.status', 'account.profile', 'account.photo', 'account.credentials', 'account.signed_out']),
      sub: z.string(),
      status: z.enum(['active', 'disabled']).optional(),
      name: z.string().optional(),
      photo_sha256: z.string().nullable().optional(),
      sid: z.string().optional(),
    }),
  ),
  last: z.int().min(0),
})

export interface IdpAdminClientOptions extends IdpAdminDoor {
  readonly issuer: string
}

const accountsPerPage = 200

/** Speaks to our own `idp`'s admin API over its Unix socket. */
export function createIdpAdminClient(options: IdpAdminClientOptions): IdentityProvider {
  const json = async <Schema extends z.ZodType>(call: Call, schema: Schema): Promise<z.output<Schema>> => {
    const answer = await callIdp(options, call)
    const parsed = schema.safeParse(parseJson(answer.body))
    if (!parsed.success) throw unreachable('its answer has another shape than the contract', parsed.error)
    return parsed.data
  }
  const path = (subject: string): string => `/admin/accounts/${encodeURIComponent(subject)}`
  return {
    issuer: options.issuer,
    async createAccount({ username, name, initialPassword }) {
      const body = { username, name, status: 'disabled', ...(initialPassword === undefined ? {} : { initial_password: initialPassword }) }
      const created = await json({ method: 'POST', path: '/admin/accounts', body }, createdSchema)
      return { account: created.account, setupLink: { url: created.setup_url, expiresAt: created.setup_expires_at } }
    },
    changeAccount: (subject, body) => json({ method: 'PATCH', path: path(subject), body }, accountSchema),
    account: (subject) => json({ method: 'GET', path: path(subject) }, accountSchema),
    async findAccount(username) {
      const found = await json({ method: 'GET', path: `/admin/accounts?username=${encodeURIComponent(username)}` }, accountsSchema)
      return found.items[0]
    },
    accounts: (after, signal) => {
      const query = `limit=${accountsPerPage}${after === null ? '' : `&after=${encodeURIComponent(after)}`}`
      return json({ method: 'GET', path: `/admin/accounts?${query}`, signal }, accountsSchema)
    },
    async newSetupLink(subject) {
      const link = await json({ method: 'POST', path: `${path(subject)}/setup-link`, body: {} }, linkSchema)
      return { url: link.setup_url, expiresAt: link.setup_expires_at }
    },
    async photo(subject) {
      const answer = await callIdp(options, { method: 'GET', path: `${path(subject)}/photo` }, [404])
      return answer.status === 200 ? answer.body : null
    },
    async putPhoto(subject, jpeg) {
      await callIdp(options, { method: 'PUT', path: `${path(subject)}/photo`, raw: jpeg, contentType: 'image/jpeg' })
    },
    async deletePhoto(subject) {
      await callIdp(options, { method: 'DELETE', path: `${path(subject)}/photo` }, [404])
    },
    changes: (after, waitS, signal) =>
      json({ method: 'GET', path: `/admin/feed?after=${after}&wait=${waitS}`, signal, timeoutMs: (waitS + 10) * 1000 }, feedSchema),
  }
}
