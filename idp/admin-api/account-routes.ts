import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { accountNotFound } from '../accounts/account-errors.ts'
import { emailField, localeField, nameField, statusField, subPattern, usernameField } from '../accounts/account-fields.ts'
import type { Account } from '../accounts/account.ts'
import { createAccount } from '../accounts/create-account.ts'
import { issueSetupLink } from '../accounts/issue-setup-link.ts'
import { accountJson } from './account-json.ts'
import type { AdminParts } from './admin-server.ts'
import { parse } from './parse.ts'

const newAccount = z.strictObject({
  username: usernameField,
  name: nameField,
  email: emailField.nullish(),
  locale: localeField.nullish(),
  /** A disabled one cannot be used, its link neither, until it is enabled. */
  status: statusField.default('active'),
})
const newDemoAccount = newAccount.extend({ initial_password: z.string().max(256).optional() })
const patch = z
  .strictObject({ name: nameField.optional(), email: emailField.nullable().optional(), status: statusField.optional() })
  .refine((members) => Object.keys(members).length > 0, 'must hold at least one of name, email, status')
const query = z.strictObject({
  search: z.string().max(200).optional(),
  /** The whole user name, in any case. */
  username: usernameField.optional(),
  status: statusField.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().regex(subPattern, 'must be the `next` of the page before').optional(),
})

/** An id that cannot be one is an account that does not exist. */
export function subOf(request: { readonly params: unknown }): string {
  const { sub } = request.params as { readonly sub: string }
  if (!subPattern.test(sub)) throw accountNotFound()
  return sub
}

export async function demandAccount(parts: AdminParts, sub: string): Promise<Account> {
  const account = await parts.accounts.find(sub)
  if (account === undefined) throw accountNotFound()
  return account
}

/** Accounts: create, list, read, change, and the set-up link. */
export function accountRoutes(server: FastifyInstance, parts: AdminParts): void {
  server.post('/admin/accounts', async (request, reply) => {
    const input = parse(parts.demo ? newDemoAccount : newAccount, request.body)
    const initialPassword = 'initial_password' in input && typeof input.initial_password === 'string' ? input.initial_password : undefined
    const { username, name, status } = input
    const created = await createAccount(
      { username, name, status, email: input.email ?? null, locale: input.locale ?? null, initialPassword },
      parts,
    )
    parts.logger.info({ sub: created.account.sub }, 'an account was created')
    return reply
      .code(201)
      .send({ account: accountJson(created.account), setup_url: created.setupUrl, setup_expires_at: created.setupExpiresAt })
  })
  server.get('/admin/accounts', async (request) => {
    const page = await parts.accounts.list(parse(query, request.query))
    return { items: page.items.map(accountJson), next: page.next }
  })
  server.get('/admin/accounts/:sub', async (request) => accountJson(await demandAccount(parts, subOf(request))))
  server.patch('/admin/accounts/:sub', async (request) => {
    const account = await parts.accounts.update(subOf(request), parse(patch, request.body))
    parts.logger.info({ sub: account.sub, status: account.status }, 'an account was changed')
    return accountJson(account)
  })
  server.post('/admin/accounts/:sub/setup-link', async (request) => {
    const { setupUrl, setupExpiresAt } = await issueSetupLink(subOf(request), parts)
    return { setup_url: setupUrl, setup_expires_at: setupExpiresAt }
  })
}
